// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.DatahubClientBuilder;
import com.aliyun.datahub.client.auth.AliyunAccount;
import com.aliyun.datahub.client.common.DatahubConfig;
import com.aliyun.datahub.client.exception.InvalidParameterException;
import com.aliyun.datahub.client.exception.ResourceNotFoundException;
import com.aliyun.datahub.client.exception.SubscriptionOfflineException;
import com.aliyun.datahub.client.model.HeartbeatResult;
import com.aliyun.datahub.client.model.SubscriptionState;
import io.millrace.emulator.datahub.TopicSchema;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Consumers that share a subscription, through DataHub's unmodified SDK. */
class DataHubGroupSdkTest {

  private static final String PROJECT = "test_project";
  private static final String TOPIC = "orders";

  private Emulator emulator;
  private DatahubClient client;
  private String subscription;

  @BeforeEach
  void start() {
    emulator = Emulator.builder().clock(InstantSource.fixed(Instant.now())).start();
    emulator.dataHub().createTopic(PROJECT, TOPIC, TopicSchema.ofStrings("a"), 3, 3);
    client =
        DatahubClientBuilder.newBuilder()
            .setDatahubConfig(
                new DatahubConfig(
                    emulator.dataHubEndpoint().toString(), new AliyunAccount("testid", "testkey")))
            .setHttpConfig(PatientSdk.dataHub())
            .build();
    subscription = client.createSubscription(PROJECT, TOPIC, "shared").getSubId();
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void aShardMovesOnOnlyWhenItsHolderLetsGo() {
    String one = join();
    HeartbeatResult alone = heartbeat(one, List.of(), List.of());
    assertThat(alone.getShardList()).containsExactly("0", "1", "2");

    String two = join();
    assertThat(heartbeat(two, List.of(), List.of()).getShardList()).isEmpty();
    HeartbeatResult shared = heartbeat(one, List.of("0", "1", "2"), List.of());
    assertThat(shared.getShardList()).containsExactly("0", "2");
    assertThat(shared.getPlanVersion()).isGreaterThan(alone.getPlanVersion());
    assertThat(shared.getTotalPlan()).contains("\"" + two + "\":[\"1\"]");

    client.syncGroup(PROJECT, TOPIC, subscription, one, 1, List.of("1"), List.of());
    assertThat(heartbeat(two, List.of(), List.of()).getShardList()).containsExactly("1");

    client.leaveGroup(PROJECT, TOPIC, subscription, one, 1);
    assertThat(heartbeat(two, List.of("1"), List.of()).getShardList())
        .containsExactly("0", "1", "2");
    assertThatThrownBy(() -> heartbeat(one, List.of(), List.of()))
        .isInstanceOfSatisfying(
            ResourceNotFoundException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo("NoSuchConsumer"));
  }

  @Test
  void childrenBeginWhenTheirParentIsRead() {
    String consumer = join();
    List<String> children = emulator.dataHub().splitShard(PROJECT, TOPIC, "0");
    assertThat(heartbeat(consumer, List.of(), List.of()).getShardList())
        .containsExactly("0", "1", "2");
    assertThat(heartbeat(consumer, List.of("1", "2"), List.of("0")).getShardList())
        .containsExactlyInAnyOrder("1", "2", children.get(0), children.get(1));
  }

  @Test
  void whoIsSilentIsDropped() {
    String consumer = join();
    emulator.dataHub().forward(Duration.ofSeconds(50));
    heartbeat(consumer, List.of(), List.of());
    emulator.dataHub().forward(Duration.ofSeconds(61));
    assertThatThrownBy(() -> heartbeat(consumer, List.of(), List.of()))
        .isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void refusesWhatTheServiceWould() {
    assertThatThrownBy(() -> client.joinGroup(PROJECT, TOPIC, subscription, 59_999))
        .isInstanceOf(InvalidParameterException.class);
    String consumer = join();
    assertThatThrownBy(
            () -> client.heartbeat(PROJECT, TOPIC, subscription, consumer, 2, List.of(), List.of()))
        .isInstanceOf(ResourceNotFoundException.class);
    client.updateSubscriptionState(PROJECT, TOPIC, subscription, SubscriptionState.OFFLINE);
    assertThatThrownBy(this::join).isInstanceOf(SubscriptionOfflineException.class);
  }

  private String join() {
    return client.joinGroup(PROJECT, TOPIC, subscription, 60_000).getConsumerId();
  }

  private HeartbeatResult heartbeat(String consumer, List<String> holds, List<String> ended) {
    return client.heartbeat(PROJECT, TOPIC, subscription, consumer, 1, holds, ended);
  }
}
