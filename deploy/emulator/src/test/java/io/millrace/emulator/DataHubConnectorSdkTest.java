// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.DatahubClientBuilder;
import com.aliyun.datahub.client.auth.AliyunAccount;
import com.aliyun.datahub.client.common.DatahubConfig;
import com.aliyun.datahub.client.exception.InvalidParameterException;
import com.aliyun.datahub.client.exception.OperationDeniedException;
import com.aliyun.datahub.client.exception.ResourceAlreadyExistException;
import com.aliyun.datahub.client.exception.ResourceNotFoundException;
import com.aliyun.datahub.client.model.ConnectorConfig.TimestampUnit;
import com.aliyun.datahub.client.model.ConnectorOffset;
import com.aliyun.datahub.client.model.ConnectorShardState;
import com.aliyun.datahub.client.model.ConnectorShardStatusEntry;
import com.aliyun.datahub.client.model.ConnectorState;
import com.aliyun.datahub.client.model.ConnectorType;
import com.aliyun.datahub.client.model.GetConnectorResult;
import com.aliyun.datahub.client.model.SinkConfig;
import com.aliyun.datahub.client.model.SinkFcConfig;
import com.aliyun.datahub.client.model.SubscriptionType;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connectors and their status, through DataHub's unmodified SDK. */
class DataHubConnectorSdkTest {

  private static final String PROJECT = "test_project";
  private static final String TOPIC = "orders";

  private Emulator emulator;
  private DatahubClient client;
  private String connector;

  @BeforeEach
  void start() {
    emulator = Emulator.builder().clock(InstantSource.fixed(Instant.now())).start();
    emulator.dataHub().createTopic(PROJECT, TOPIC, TopicSchema.ofStrings("a", "b"), 2, 3);
    for (int i = 0; i < 5; i++) {
      emulator.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple("v" + i, null).toShard("0"));
    }
    client =
        DatahubClientBuilder.newBuilder()
            .setDatahubConfig(
                new DatahubConfig(
                    emulator.dataHubEndpoint().toString(), new AliyunAccount("testid", "testkey")))
            .setHttpConfig(PatientSdk.dataHub())
            .build();
    connector = create(List.of("b"), function("f"));
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void isDescribedAsItWasMade() {
    GetConnectorResult found = client.getConnector(PROJECT, TOPIC, connector);
    assertThat(found.getConnectorId()).isEqualTo(connector);
    assertThat(found.getType()).isEqualTo(ConnectorType.SINK_FC);
    assertThat(found.getState()).isEqualTo(ConnectorState.RUNNING);
    assertThat(found.getColumnFields()).containsExactly("b");
    SinkFcConfig config = (SinkFcConfig) found.getConfig();
    assertThat(config.getFunction()).isEqualTo("f");
    assertThat(config.getInvokeType()).isEqualTo(SinkFcConfig.InvokeType.SYNC);
    assertThat(config.getTimestampUnit()).isEqualTo(TimestampUnit.MICROSECOND);
    assertThat(client.getSubscription(PROJECT, TOPIC, found.getSubId()).getType())
        .isEqualTo(SubscriptionType.SYSTEM);
    assertThat(found.getShardContexts()).hasSize(2);
    assertThat(client.listConnector(PROJECT, TOPIC).getConnectorIds()).containsExactly(connector);
    assertThat(client.getConnectorDoneTime(PROJECT, TOPIC, connector).getTimeWindow())
        .isEqualTo(3600);
  }

  @Test
  void tellsHowFarEachShardIs() {
    assertThat(status("0").getCurrSequence()).isEqualTo(-1);
    assertThat(status("0").getState()).isEqualTo(ConnectorShardState.EXECUTING);
    assertThatThrownBy(() -> moveTo("0", 2)).isInstanceOf(OperationDeniedException.class);

    client.updateConnectorState(PROJECT, TOPIC, connector, ConnectorState.STOPPED);
    assertThat(client.getConnectorShardStatus(PROJECT, TOPIC, connector).getStatusEntryMap())
        .hasSize(2)
        .allSatisfy(
            (shard, entry) -> assertThat(entry.getState()).isEqualTo(ConnectorShardState.STOPPED));
    moveTo("0", 2);
    client.updateConnectorState(PROJECT, TOPIC, connector, ConnectorState.RUNNING);
    ConnectorShardStatusEntry moved = status("0");
    assertThat(moved.getCurrSequence()).isEqualTo(2);
    assertThat(moved.getCurrTimestamp()).isEqualTo(1_463_000_123_000L);
    assertThat(moved.getDoneTime()).isEqualTo(1_463_000_123L);
    assertThat(moved.getLastErrorMessage()).isEmpty();
    assertThat(moved.getDiscardCount()).isZero();
    client.reloadConnector(PROJECT, TOPIC, connector, "0");
  }

  @Test
  void aParentIsFinishedBeforeItsChildrenBegin() {
    List<String> children =
        client.splitShard(PROJECT, TOPIC, "0").getNewShards().stream()
            .map(shard -> shard.getShardId())
            .toList();
    assertThat(status("0").getState()).isEqualTo(ConnectorShardState.EXECUTING);
    assertThat(status("0").getEndSequence()).isEqualTo(4);
    assertThat(status(children.get(0)).getState()).isEqualTo(ConnectorShardState.PLANNED);
    client.updateConnectorState(PROJECT, TOPIC, connector, ConnectorState.STOPPED);
    moveTo("0", 4);
    client.updateConnectorState(PROJECT, TOPIC, connector, ConnectorState.RUNNING);
    assertThat(status("0").getState()).isEqualTo(ConnectorShardState.FINISHED);
    assertThat(status(children.get(0)).getState()).isEqualTo(ConnectorShardState.EXECUTING);
  }

  @Test
  void canBeChangedAndDeleted() {
    client.updateConnector(PROJECT, TOPIC, connector, function("g"));
    client.appendConnectorField(PROJECT, TOPIC, connector, "a");
    GetConnectorResult found = client.getConnector(PROJECT, TOPIC, connector);
    assertThat(((SinkFcConfig) found.getConfig()).getFunction()).isEqualTo("g");
    assertThat(found.getColumnFields()).containsExactly("b", "a");
    client.deleteConnector(PROJECT, TOPIC, connector);
    assertThatThrownBy(() -> client.getConnector(PROJECT, TOPIC, connector))
        .isInstanceOfSatisfying(
            ResourceNotFoundException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo("NoSuchConnector"));
    assertThat(client.listSubscription(PROJECT, TOPIC, 1, 10).getTotalCount()).isZero();
  }

  @Test
  void refusesWhatTheServiceWould() {
    assertThatThrownBy(() -> create(List.of("b"), function("f")))
        .isInstanceOf(ResourceAlreadyExistException.class);
    assertThatThrownBy(() -> create(List.of("c"), function("h")))
        .isInstanceOf(InvalidParameterException.class);
    SinkFcConfig incomplete = function("h");
    incomplete.setEndpoint("");
    assertThatThrownBy(() -> create(List.of("a"), incomplete))
        .isInstanceOf(InvalidParameterException.class);
  }

  private void moveTo(String shard, long sequence) {
    ConnectorOffset offset = new ConnectorOffset();
    offset.setSequence(sequence);
    offset.setTimestamp(1_463_000_123_000L);
    client.updateConnectorOffset(PROJECT, TOPIC, connector, shard, offset);
  }

  private ConnectorShardStatusEntry status(String shard) {
    return client.getConnectorShardStatus(PROJECT, TOPIC, connector, shard);
  }

  private String create(List<String> columns, SinkFcConfig config) {
    return client
        .createConnector(PROJECT, TOPIC, ConnectorType.SINK_FC, columns, config)
        .getConnectorId();
  }

  private static SinkFcConfig function(String name) {
    SinkFcConfig config = new SinkFcConfig();
    config.setEndpoint("https://1.fc.cn-shanghai-internal.aliyuncs.com");
    config.setService("s");
    config.setFunction(name);
    config.setAuthMode(SinkConfig.AuthMode.STS);
    config.setInvokeType(SinkFcConfig.InvokeType.SYNC);
    return config;
  }
}
