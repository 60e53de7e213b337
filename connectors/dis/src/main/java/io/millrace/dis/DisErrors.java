// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import io.millrace.source.StreamException.Kind;
import io.millrace.source.StreamRefusal;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What DIS's error codes ask for.
 *
 * <p>Codes: the appendix "Error Codes" of the API reference. Which pass by themselves: the retries
 * of the Java SDK 1.3.21 and of the Kafka adapter.
 */
final class DisErrors {

  static final String APP_EXISTS = "DIS.4330";
  static final String NO_SUCH_APP = "DIS.4332";
  static final String NO_CHECKPOINT = "DIS.4375";

  /** The service's own code, wherever in the answer it stands. */
  private static final Pattern CODE = Pattern.compile("DIS\\.[0-9]{4}");

  /** What an error asks of the reader. */
  enum Meaning {
    /** Asked too often. */
    THROTTLED(Kind.THROTTLED),
    /** Credentials, or something that an operator can make, permit or start again. */
    REFUSED(Kind.REFUSED),
    /** Passes by itself. */
    PASSING(Kind.UNAVAILABLE),
    /** The cursor is unknown, too old, or points at what has expired: a new one is made. */
    EXPIRED_CURSOR(Kind.UNAVAILABLE),
    /** The position is older than the oldest record or behind the newest. */
    OUT_OF_RANGE(Kind.FATAL),
    /** The partition holds nothing any more. */
    END_OF_PARTITION(Kind.UNAVAILABLE),
    /** The request itself is wrong. */
    WRONG(Kind.FATAL);

    private final Kind kind;

    Meaning(Kind kind) {
      this.kind = kind;
    }
  }

  private static final Map<String, Meaning> BY_CODE = new TreeMap<>();

  static {
    // Traffic control, and too many requests for streams.
    BY_CODE.put("DIS.4303", Meaning.THROTTLED);
    BY_CODE.put("DIS.4305", Meaning.THROTTLED);

    // All can be set right while the job waits: rights or arrears, project, address that is barred
    // after many failures, stream, app.
    BY_CODE.put("DIS.4116", Meaning.REFUSED);
    BY_CODE.put("DIS.4117", Meaning.REFUSED);
    BY_CODE.put("DIS.4309", Meaning.REFUSED);
    BY_CODE.put("DIS.4301", Meaning.REFUSED);
    BY_CODE.put("DIS.4329", Meaning.REFUSED);
    BY_CODE.put(NO_SUCH_APP, Meaning.REFUSED);

    // The stream is not running yet.
    BY_CODE.put("DIS.4205", Meaning.PASSING);
    // The Kafka adapter tries again: while a stream is scaled not all of it knows its partitions.
    BY_CODE.put("DIS.4302", Meaning.PASSING);
    BY_CODE.put("DIS.5000", Meaning.PASSING);
    BY_CODE.put("DIS.5250", Meaning.PASSING);

    BY_CODE.put("DIS.4217", Meaning.EXPIRED_CURSOR);
    BY_CODE.put("DIS.4225", Meaning.EXPIRED_CURSOR);
    // What the cursor points at has expired: a new one tells what is lost.
    BY_CODE.put("DIS.4226", Meaning.EXPIRED_CURSOR);
    BY_CODE.put("DIS.4224", Meaning.OUT_OF_RANGE);
    BY_CODE.put("DIS.4319", Meaning.END_OF_PARTITION);

    BY_CODE.put("DIS.4200", Meaning.WRONG);
    BY_CODE.put("DIS.4201", Meaning.WRONG);
    BY_CODE.put("DIS.4202", Meaning.WRONG);
    BY_CODE.put("DIS.4215", Meaning.WRONG);
    BY_CODE.put("DIS.4216", Meaning.WRONG);
    BY_CODE.put("DIS.4300", Meaning.WRONG);
    BY_CODE.put("DIS.4307", Meaning.WRONG);
    BY_CODE.put("DIS.4308", Meaning.WRONG);
    BY_CODE.put(APP_EXISTS, Meaning.WRONG);
    BY_CODE.put("DIS.4331", Meaning.WRONG);
    BY_CODE.put(NO_CHECKPOINT, Meaning.WRONG);
  }

  private DisErrors() {}

  /** The codes that are known. */
  static Map<String, Meaning> byCode() {
    return Collections.unmodifiableMap(BY_CODE);
  }

  /**
   * The code of an answer. DIS's documentation and DIS itself disagree about where it stands.
   *
   * @param given where a code was expected; may be another service's
   * @param body of the answer
   */
  static String code(String given, String body) {
    Matcher own = CODE.matcher(given.isEmpty() ? body : given + " " + body);
    return own.find() ? own.group() : given;
  }

  static Kind kind(String code, int status) {
    Meaning meaning = BY_CODE.get(code);
    return meaning != null ? meaning.kind : ofStatus(status);
  }

  /** Of an answer without a code, or with one that is not listed: then a later try may succeed. */
  private static Kind ofStatus(int status) {
    return switch (status) {
      // 441 is what the SDK takes for a failed authentication besides 401.
      case 401, 403, 404, 410, 441 -> Kind.REFUSED;
      case 429 -> Kind.THROTTLED;
      default -> status < 400 ? Kind.REFUSED : Kind.UNAVAILABLE;
    };
  }

  /** True when a call failed because DIS answered with a code of this meaning. */
  static boolean is(Throwable failure, Meaning meaning) {
    return StreamRefusal.of(failure)
        .filter(refusal -> BY_CODE.get(refusal.code()) == meaning)
        .isPresent();
  }

  /** True when a call failed because DIS answered with this code. */
  static boolean is(Throwable failure, String code) {
    return StreamRefusal.of(failure).filter(refusal -> refusal.code().equals(code)).isPresent();
  }
}
