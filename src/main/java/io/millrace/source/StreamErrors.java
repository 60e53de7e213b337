// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.source.StreamException.Kind;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.annotation.Internal;

/** What the error codes of one stream service ask for. Immutable. */
@Internal
public final class StreamErrors {

  /** What an error asks of the reader. */
  public enum Meaning {
    /** Asked too often. */
    THROTTLED(Kind.THROTTLED),
    /** Credentials, or something that an operator can make, permit or start again. */
    REFUSED(Kind.REFUSED),
    /** Passes by itself. */
    PASSING(Kind.UNAVAILABLE),
    /** The cursor is unknown, too old, or points at what has expired: a new one is made. */
    EXPIRED_CURSOR(Kind.UNAVAILABLE),
    /** The position is older than the oldest record, behind the newest, or in the future. */
    OUT_OF_RANGE(Kind.FATAL),
    /** The shard takes no records any more, or holds none. */
    END_OF_SHARD(Kind.UNAVAILABLE),
    /** The request itself is wrong. */
    WRONG(Kind.FATAL);

    private final Kind kind;

    Meaning(Kind kind) {
      this.kind = kind;
    }

    /** What it asks of the caller. */
    public Kind kind() {
      return kind;
    }
  }

  private final TreeMap<String, Meaning> byCode;
  private final Set<Integer> refusedStatuses;

  /**
   * @param byCode sorted as the service compares its codes
   * @param refusedStatuses of HTTP, that are refusals besides 401, 403 and 404
   */
  public StreamErrors(TreeMap<String, Meaning> byCode, Set<Integer> refusedStatuses) {
    this.byCode = new TreeMap<>(byCode);
    this.refusedStatuses = Set.copyOf(refusedStatuses);
  }

  /** The codes that are known. */
  public Map<String, Meaning> byCode() {
    return Collections.unmodifiableMap(byCode);
  }

  /**
   * What an answer asks for.
   *
   * @param code the service's own; empty where it told none
   * @param status of HTTP
   */
  public Kind kind(String code, int status) {
    Meaning meaning = byCode.get(code);
    return meaning != null ? meaning.kind : ofStatus(status);
  }

  /** Of an answer without a code, or with one that is not listed: then a later try may succeed. */
  private Kind ofStatus(int status) {
    if (refusedStatuses.contains(status)) {
      return Kind.REFUSED;
    }
    return switch (status) {
      case 401, 403, 404 -> Kind.REFUSED;
      case 429 -> Kind.THROTTLED;
      default -> status < 400 ? Kind.REFUSED : Kind.UNAVAILABLE;
    };
  }

  /** True when a call failed because the service answered with a code of this meaning. */
  public boolean is(Throwable failure, Meaning meaning) {
    return StreamRefusal.of(failure)
        .filter(refusal -> byCode.get(refusal.code()) == meaning)
        .isPresent();
  }

  /** True when a call failed because the service answered with this code. */
  public boolean is(Throwable failure, String code) {
    return StreamRefusal.of(failure)
        .filter(
            refusal ->
                byCode.comparator() == null
                    ? refusal.code().equals(code)
                    : byCode.comparator().compare(refusal.code(), code) == 0)
        .isPresent();
  }
}
