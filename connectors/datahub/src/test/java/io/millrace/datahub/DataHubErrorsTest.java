// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static org.assertj.core.api.Assertions.assertThat;

import com.aliyun.datahub.client.common.ErrorCode;
import io.millrace.source.StreamErrors.Meaning;
import io.millrace.source.StreamException.Kind;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DataHubErrorsTest {

  private static final Map<Meaning, Kind> KINDS =
      Map.of(
          Meaning.THROTTLED, Kind.THROTTLED,
          Meaning.REFUSED, Kind.REFUSED,
          Meaning.PASSING, Kind.UNAVAILABLE,
          Meaning.EXPIRED_CURSOR, Kind.UNAVAILABLE,
          Meaning.OUT_OF_RANGE, Kind.FATAL,
          Meaning.END_OF_SHARD, Kind.UNAVAILABLE,
          Meaning.WRONG, Kind.FATAL);

  @ParameterizedTest
  @CsvSource({
    "InvalidParameter,       OUT_OF_RANGE",
    "InvalidCursor,          EXPIRED_CURSOR",
    "NoSuchShard,            PASSING",
    "NoSuchProject,          REFUSED",
    "NoSuchTopic,            REFUSED",
    "NoSuchConnector,        WRONG",
    "NoSuchMeteringInfo,     WRONG",
    "ResourceNotFound,       REFUSED",
    "NoSuchSubscription,     REFUSED",
    "NoSuchConsumer,         REFUSED",
    "ResourceAlreadyExist,   WRONG",
    "ProjectAlreadyExist,    WRONG",
    "TopicAlreadyExist,      WRONG",
    "ConnectorAlreadyExist,  WRONG",
    "SeekOutOfRange,         OUT_OF_RANGE",
    "Unauthorized,           REFUSED",
    "NoPermission,           REFUSED",
    "OperationDenied,        REFUSED",
    "InvalidShardOperation,  END_OF_SHARD",
    "LimitExceeded,          THROTTLED",
    "SubscriptionOffline,    REFUSED",
    "OffsetSessionChanged,   WRONG",
    "OffsetSessionClosed,    WRONG",
    "OffsetReseted,          WRONG",
    "MalformedRecord,        WRONG",
    "ConsumerGroupInProcess, PASSING",
    "ExpiredAccessToken,     REFUSED",
    "TopicOffline,           REFUSED",
    "ResourceLimit,          THROTTLED",
    "InternalServerError,    PASSING",
    "InvalidSubscription,    REFUSED",
    "InvalidUriSpec,         WRONG",
    "ShardNotReady,          PASSING",
    "OdpsServiceError,       PASSING",
    "MysqlServiceError,      PASSING",
    "NoSuchAlarmRule,        WRONG",
    "AlarmRuleAlreadyExist,  WRONG",
    "UserAlreadyExist,       WRONG",
  })
  void asksForThis(String code, Meaning meaning) {
    assertThat(DataHubErrors.TABLE.byCode()).containsEntry(code, meaning);
    assertThat(DataHubErrors.TABLE.kind(code.toUpperCase(Locale.ROOT), 400))
        .isEqualTo(KINDS.get(meaning));
  }

  @Test
  void knowsEveryCodeOfTheSdk() throws IllegalAccessException {
    Set<String> codes = new TreeSet<>();
    for (Field field : ErrorCode.class.getDeclaredFields()) {
      if (Modifier.isPublic(field.getModifiers()) && field.getType() == String.class) {
        codes.add((String) field.get(null));
      }
    }
    assertThat(codes).hasSizeGreaterThan(30);
    assertThat(DataHubErrors.TABLE.byCode().keySet()).containsAll(codes);
  }
}
