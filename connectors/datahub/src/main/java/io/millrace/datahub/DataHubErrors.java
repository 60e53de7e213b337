// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static io.millrace.source.StreamException.Kind.FATAL;
import static io.millrace.source.StreamException.Kind.REFUSED;
import static io.millrace.source.StreamException.Kind.THROTTLED;
import static io.millrace.source.StreamException.Kind.UNAVAILABLE;

import io.millrace.http.HttpFailure;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

/**
 * What DataHub's error codes ask for.
 *
 * <p>Codes: class ErrorCode of the Java SDK 2.21.6, compared without regard to case as the SDK
 * does. Which are passing and which are not: the exceptions that the SDK's own retry leaves alone,
 * and the table in the Go SDK's manual.
 */
final class DataHubErrors {

  /** The cursor is unknown, or what it points at has expired. */
  static final String INVALID_CURSOR = "InvalidCursor";

  /** The position is older than the oldest record, behind the newest, or in the future. */
  static final String SEEK_OUT_OF_RANGE = "SeekOutOfRange";

  /** What a seek out of range was called in older services. */
  static final String INVALID_PARAMETER = "InvalidParameter";

  /** The shard takes no records any more and its last one has been read. */
  static final String SEALED = "InvalidShardOperation";

  private static final Map<String, Kind> BY_CODE = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  static {
    BY_CODE.put("LimitExceeded", THROTTLED);
    BY_CODE.put("ResourceLimit", THROTTLED);

    BY_CODE.put("Unauthorized", REFUSED);
    BY_CODE.put("NoPermission", REFUSED);
    BY_CODE.put("OperationDenied", REFUSED);
    BY_CODE.put("ExpiredAccessToken", REFUSED);
    BY_CODE.put("NoSuchProject", REFUSED);
    BY_CODE.put("NoSuchTopic", REFUSED);
    BY_CODE.put("ResourceNotFound", REFUSED);
    BY_CODE.put("TopicOffline", REFUSED);
    BY_CODE.put("NoSuchSubscription", REFUSED);
    BY_CODE.put("NoSuchConsumer", REFUSED);
    BY_CODE.put("InvalidSubscription", REFUSED);
    BY_CODE.put("SubscriptionOffline", REFUSED);

    // Passing: for seconds after a split or merge the new shards are not known everywhere.
    BY_CODE.put("NoSuchShard", UNAVAILABLE);
    BY_CODE.put("ShardNotReady", UNAVAILABLE);
    BY_CODE.put("InternalServerError", UNAVAILABLE);
    BY_CODE.put("OdpsServiceError", UNAVAILABLE);
    BY_CODE.put("MysqlServiceError", UNAVAILABLE);
    BY_CODE.put("ConsumerGroupInProcess", UNAVAILABLE);
    // A cursor renewed and expired again, a shard sealed but not yet listed as closed.
    BY_CODE.put(INVALID_CURSOR, UNAVAILABLE);
    BY_CODE.put(SEALED, UNAVAILABLE);

    BY_CODE.put(INVALID_PARAMETER, FATAL);
    BY_CODE.put(SEEK_OUT_OF_RANGE, FATAL);
    BY_CODE.put("InvalidUriSpec", FATAL);
    BY_CODE.put("MalformedRecord", FATAL);
    BY_CODE.put("OffsetSessionChanged", FATAL);
    BY_CODE.put("OffsetSessionClosed", FATAL);
    BY_CODE.put("OffsetReseted", FATAL);
  }

  private DataHubErrors() {}

  static Kind kind(String code, int status) {
    Kind byCode = BY_CODE.get(code);
    return byCode != null ? byCode : ofStatus(status);
  }

  /** Of an answer without a code, or with one that is not listed: then a later try may succeed. */
  private static Kind ofStatus(int status) {
    return switch (status) {
      case 401, 403, 404 -> REFUSED;
      case 429 -> THROTTLED;
      default -> status < 400 ? REFUSED : UNAVAILABLE;
    };
  }

  static Kind kind(HttpFailure.Kind failure) {
    return switch (failure) {
      case TLS_REFUSED -> REFUSED;
      case NOT_CONNECTED, CLOSED, CONNECTION_LOST, TIMED_OUT -> UNAVAILABLE;
    };
  }

  /** True when a call failed because DataHub answered with this code. */
  static boolean is(Throwable failure, String code) {
    Throwable cause = unwrapped(failure);
    return cause instanceof StreamException
        && cause.getCause() instanceof Refusal refusal
        && refusal.code().toLowerCase(Locale.ROOT).equals(code.toLowerCase(Locale.ROOT));
  }

  static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** The code of an answer, kept as the cause of the exception that the caller sees. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    Refusal(String code) {
      super(code, null, false, false);
      this.code = code;
    }

    String code() {
      return code;
    }
  }
}
