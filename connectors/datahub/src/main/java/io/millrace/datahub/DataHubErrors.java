// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.source.StreamErrors;
import io.millrace.source.StreamErrors.Meaning;
import java.util.Set;
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

  private static final TreeMap<String, Meaning> BY_CODE =
      new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

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

  static final StreamErrors TABLE = new StreamErrors(BY_CODE, Set.of());

  private DataHubErrors() {}
}
