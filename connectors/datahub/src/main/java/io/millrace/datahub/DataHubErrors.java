// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.source.StreamException.Kind;
import io.millrace.source.StreamRefusal;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What DataHub's error codes ask for.
 *
 * <p>Codes: class ErrorCode of the Java SDK 2.21.6, compared without regard to case as the SDK
 * does. Which pass by themselves and which do not: that class's own list of what is not retried,
 * the exceptions that datahub-client-library 1.1.12 takes for fatal, and the error table in the Go
 * SDK's manual.
 */
final class DataHubErrors {

  static final String INVALID_CURSOR = "InvalidCursor";
  static final String NO_SUCH_SHARD = "NoSuchShard";
  static final String MALFORMED_RECORD = "MalformedRecord";

  /** What an error asks of the reader. */
  enum Meaning {
    /** Asked too often. */
    THROTTLED(Kind.THROTTLED),
    /** Credentials, or something that an operator can make, permit or start again. */
    REFUSED(Kind.REFUSED),
    /** Passes by itself. */
    PASSING(Kind.UNAVAILABLE),
    /** The cursor is unknown, or what it points at has expired: a new one is made. */
    EXPIRED_CURSOR(Kind.UNAVAILABLE),
    /** The position is older than the oldest record, behind the newest, or in the future. */
    OUT_OF_RANGE(Kind.FATAL),
    /** The shard takes no records any more and its last one has been read. */
    END_OF_SHARD(Kind.UNAVAILABLE),
    /** The request itself is wrong. */
    WRONG(Kind.FATAL);

    private final Kind kind;

    Meaning(Kind kind) {
      this.kind = kind;
    }
  }

  private static final Map<String, Meaning> BY_CODE = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  static {
    // The Go manual: may be sent again, a bounded number of times.
    BY_CODE.put("LimitExceeded", Meaning.THROTTLED);
    BY_CODE.put("ResourceLimit", Meaning.THROTTLED);

    // The client library: fatal. All can be set right in the console while the job waits.
    BY_CODE.put("Unauthorized", Meaning.REFUSED);
    BY_CODE.put("NoPermission", Meaning.REFUSED);
    BY_CODE.put("OperationDenied", Meaning.REFUSED);
    BY_CODE.put("ExpiredAccessToken", Meaning.REFUSED);
    BY_CODE.put("SubscriptionOffline", Meaning.REFUSED);
    BY_CODE.put("TopicOffline", Meaning.REFUSED);
    BY_CODE.put("NoSuchProject", Meaning.REFUSED);
    BY_CODE.put("NoSuchTopic", Meaning.REFUSED);
    BY_CODE.put("ResourceNotFound", Meaning.REFUSED);
    BY_CODE.put("NoSuchSubscription", Meaning.REFUSED);
    BY_CODE.put("InvalidSubscription", Meaning.REFUSED);
    BY_CODE.put("NoSuchConsumer", Meaning.REFUSED);

    // The Go manual: for seconds after a split or merge the new shards are not known everywhere.
    BY_CODE.put(NO_SUCH_SHARD, Meaning.PASSING);
    BY_CODE.put("ShardNotReady", Meaning.PASSING);
    // ErrorCode.canRetry, and the client library's 30 attempts.
    BY_CODE.put("InternalServerError", Meaning.PASSING);
    BY_CODE.put("OdpsServiceError", Meaning.PASSING);
    BY_CODE.put("MysqlServiceError", Meaning.PASSING);
    BY_CODE.put("ConsumerGroupInProcess", Meaning.PASSING);

    // The client library: seeks again.
    BY_CODE.put(INVALID_CURSOR, Meaning.EXPIRED_CURSOR);
    BY_CODE.put("SeekOutOfRange", Meaning.OUT_OF_RANGE);
    // What a seek out of range was called in older services, and much else besides.
    BY_CODE.put("InvalidParameter", Meaning.OUT_OF_RANGE);
    // ShardSealedException in the client library: the end, once the shard is listed as closed.
    BY_CODE.put("InvalidShardOperation", Meaning.END_OF_SHARD);

    // ErrorCode.FATAL_ERROR_CODE: none of them passes, and none is an answer to reading.
    BY_CODE.put(MALFORMED_RECORD, Meaning.WRONG);
    BY_CODE.put("InvalidUriSpec", Meaning.WRONG);
    BY_CODE.put("OffsetSessionChanged", Meaning.WRONG);
    BY_CODE.put("OffsetSessionClosed", Meaning.WRONG);
    BY_CODE.put("OffsetReseted", Meaning.WRONG);
    BY_CODE.put("NoSuchConnector", Meaning.WRONG);
    BY_CODE.put("NoSuchMeteringInfo", Meaning.WRONG);
    BY_CODE.put("NoSuchAlarmRule", Meaning.WRONG);
    BY_CODE.put("ResourceAlreadyExist", Meaning.WRONG);
    BY_CODE.put("ProjectAlreadyExist", Meaning.WRONG);
    BY_CODE.put("TopicAlreadyExist", Meaning.WRONG);
    BY_CODE.put("ConnectorAlreadyExist", Meaning.WRONG);
    BY_CODE.put("UserAlreadyExist", Meaning.WRONG);
    BY_CODE.put("AlarmRuleAlreadyExist", Meaning.WRONG);
  }

  private DataHubErrors() {}

  /** The codes that are known, in any case. */
  static Map<String, Meaning> byCode() {
    return Collections.unmodifiableMap(BY_CODE);
  }

  static Kind kind(String code, int status) {
    Meaning meaning = BY_CODE.get(code);
    return meaning != null ? meaning.kind : ofStatus(status);
  }

  /** Of an answer without a code, or with one that is not listed: then a later try may succeed. */
  private static Kind ofStatus(int status) {
    return switch (status) {
      case 401, 403, 404 -> Kind.REFUSED;
      case 429 -> Kind.THROTTLED;
      default -> status < 400 ? Kind.REFUSED : Kind.UNAVAILABLE;
    };
  }

  /** True when a call failed because DataHub answered with a code of this meaning. */
  static boolean is(Throwable failure, Meaning meaning) {
    return StreamRefusal.of(failure)
        .filter(refusal -> BY_CODE.get(refusal.code()) == meaning)
        .isPresent();
  }

  /** True when a call failed because DataHub answered with this code. */
  static boolean is(Throwable failure, String code) {
    return StreamRefusal.of(failure)
        .filter(refusal -> refusal.code().equalsIgnoreCase(code))
        .isPresent();
  }
}
