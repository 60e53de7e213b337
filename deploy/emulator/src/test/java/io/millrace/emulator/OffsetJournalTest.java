// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.DatahubClientBuilder;
import com.aliyun.datahub.client.auth.AliyunAccount;
import com.aliyun.datahub.client.common.DatahubConfig;
import com.aliyun.datahub.client.exception.DatahubClientException;
import com.aliyun.datahub.client.model.SubscriptionOffset;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.emulator.datahub.OffsetJournal.Action;
import io.millrace.emulator.datahub.OffsetJournal.Entry;
import io.millrace.emulator.datahub.TopicSchema;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the emulator writes down of the offsets of a subscription. */
class OffsetJournalTest {

  private static final String PROJECT = "shop";
  private static final String TOPIC = "orders";

  private Emulator emulator;
  private DatahubClient client;
  private String subscription;

  @BeforeEach
  void start() {
    emulator = Emulator.builder().start();
    emulator.dataHub().createTopic(PROJECT, TOPIC, TopicSchema.ofBlob(), 2, 1);
    subscription = emulator.dataHub().subscribe(PROJECT, TOPIC, "mine");
    client =
        DatahubClientBuilder.newBuilder()
            .setDatahubConfig(
                new DatahubConfig(
                    emulator.dataHubEndpoint().toString(), new AliyunAccount("testid", "testkey")))
            .setHttpConfig(PatientSdk.dataHub())
            .build();
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  private SubscriptionOffset open(String shard) {
    return client
        .openSubscriptionSession(PROJECT, TOPIC, subscription, List.of(shard))
        .getOffsets()
        .get(shard);
  }

  private void commit(String shard, SubscriptionOffset offset) {
    client.commitSubscriptionOffset(PROJECT, TOPIC, subscription, Map.of(shard, offset));
  }

  @Test
  void everythingIsEnteredWithWhatBecameOfIt() throws Exception {
    long before = emulator.journal().now();
    SubscriptionOffset mine = open("1");
    mine.setSequence(7);
    mine.setTimestamp(99);
    mine.setBatchIndex(3);
    commit("1", mine);
    open("1");
    assertThatThrownBy(() -> commit("1", mine)).isInstanceOf(DatahubClientException.class);
    SubscriptionOffset reset = new SubscriptionOffset();
    reset.setSequence(2);
    reset.setTimestamp(1);
    client.resetSubscriptionOffset(PROJECT, TOPIC, subscription, Map.of("0", reset));

    List<Entry> entries = emulator.dataHub().offsets().entries();
    assertThat(entries)
        .extracting(Entry::action)
        .containsExactly(Action.OPEN, Action.COMMIT, Action.OPEN, Action.COMMIT, Action.RESET);
    assertThat(entries.get(1))
        .isEqualTo(
            new Entry(
                entries.get(1).at(),
                Action.COMMIT,
                PROJECT + "/" + TOPIC,
                subscription,
                "1",
                99,
                7,
                3,
                1,
                0,
                Optional.empty()));
    assertThat(entries.get(2).session()).isEqualTo(2);
    assertThat(entries.get(3).refusal()).contains("OffsetSessionChanged");
    assertThat(entries.get(3).accepted()).isFalse();
    assertThat(entries.get(4).shard()).isEqualTo("0");
    assertThat(entries.get(4).version()).isEqualTo(1);
    assertThat(entries).extracting(Entry::at).isSorted();
    assertThat(entries.get(0).at())
        .isGreaterThanOrEqualTo(before)
        .isLessThanOrEqualTo(emulator.journal().now());
  }

  @Test
  void theAdminPortTellsIt() throws Exception {
    commit("0", open("0"));
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(emulator.adminEndpoint().resolve("/offsets?from=1")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.body().lines()).hasSize(1);
    JsonNode line = new ObjectMapper().readTree(answer.body());
    assertThat(line.path("number").asInt()).isEqualTo(1);
    assertThat(line.path("action").asText()).isEqualTo("commit");
    assertThat(line.path("shard").asText()).isEqualTo("0");
    assertThat(line.path("accepted").asBoolean()).isTrue();
    assertThat(line.path("at").asLong()).isPositive();
  }
}
