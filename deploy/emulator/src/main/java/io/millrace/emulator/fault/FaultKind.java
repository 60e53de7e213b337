// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.fault;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a fault does to a request that it strikes. */
public enum FaultKind {
  /** Refuses with an HTTP status and a service error code; nothing runs. */
  STATUS,
  /** The function fails, which is behind a 200. */
  ERROR,
  /** Takes longer, by the rule's delay. */
  LATENCY,
  /** Holds the request until the rule is removed, or the function's timeout has passed. */
  HANG,
  /** Resets the connection; nothing runs. */
  DROP_BEFORE,
  /** Runs, then resets the connection instead of answering. */
  DROP_AFTER,
  /** Runs, sends half of the answer's body, then closes the connection. */
  TRUNCATE,
  /** Refuses a cursor as expired. */
  EXPIRED_CURSOR,
  /** Answers fetched records in a protobuf frame whose checksum does not match. */
  BAD_CRC,
  /** Answers with a first record whose columns do not fit their types. */
  MALFORMED_RECORD,
  /** Stores all records of the request under one sequence. */
  SHARED_SEQUENCE,
  /** 502 with an HTML page, as a load balancer answers; nothing runs. */
  HTML;

  /** Whether a service can have this fault. */
  public boolean appliesTo(FaultTarget target) {
    return switch (this) {
      case ERROR -> target == FaultTarget.FUNCTION;
      case EXPIRED_CURSOR -> target == FaultTarget.DATAHUB || target == FaultTarget.DIS;
      case BAD_CRC, MALFORMED_RECORD, SHARED_SEQUENCE -> target == FaultTarget.DATAHUB;
      case STATUS, LATENCY, HANG, DROP_BEFORE, DROP_AFTER, TRUNCATE, HTML -> true;
    };
  }

  /** The only operation that can be struck, where there is one. */
  Optional<String> onlyOperation() {
    return switch (this) {
      case BAD_CRC, MALFORMED_RECORD -> Optional.of("getRecords");
      case SHARED_SEQUENCE -> Optional.of("putRecordsByShard");
      default -> Optional.empty();
    };
  }

  /** The name in the admin API, such as {@code drop-after}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind with this name in the admin API. */
  public static Optional<FaultKind> named(String wireName) {
    return Arrays.stream(values()).filter(kind -> kind.wireName().equals(wireName)).findFirst();
  }

  /** All names, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(FaultKind::wireName).collect(Collectors.joining(", "));
  }
}
