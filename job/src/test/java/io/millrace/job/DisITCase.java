// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.dis.NewRecord;
import io.millrace.emulator.dis.StreamView;
import io.millrace.emulator.dis.StreamView.PartitionView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Triggers from a stream of DIS, against emulated clouds. */
final class DisITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  private Emulator emulator;
  private int put;

  @BeforeEach
  void startClouds() {
    emulator = Emulator.builder().credentials("testid", "testkey").start();
    emulator.dis().createStream("clicks", 2);
    emulator.functions().create("s", "f");
  }

  @AfterEach
  void stopClouds() {
    emulator.close();
  }

  private StreamView stream() {
    return emulator.dis().stream("clicks");
  }

  /** Puts records by key, which takes them to all partitions in service. */
  private void put(int records) {
    List<NewRecord> more = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      more.add(NewRecord.of("text " + put).withPartitionKey("key " + put));
      put++;
    }
    emulator.dis().put("clicks", more);
  }

  private TriggerSpec trigger(Map<String, String> more) {
    return TriggerText.parse(
        directory,
        """
        name: clicks
        source:
          type: dis
          endpoint: %s
          project-id: p0000000000000000000000000000001
          stream: clicks
          idle-wait: 20 ms
          discovery-interval: 200 ms
        function:
          type: function-compute
          endpoint: %s
          account-id: "12423423992"
          service: s
          function: f
          timeout: 1 min
        credentials:
          access-key-id: testid
          access-key-secret: ${MILLRACE_TEST_SECRET:-testkey}
        parallelism: 2
        flink:
          execution.checkpointing.interval: 300 ms
        """
            .formatted(emulator.disEndpoint(), emulator.functionComputeEndpoint()),
        more);
  }

  /** Of each partition the sequences that the function got, in the order of its invocations. */
  private Map<String, List<Long>> delivered() {
    Map<String, List<Long>> delivered = new TreeMap<>();
    emulator.journal().entries().stream()
        .filter(entry -> entry.succeeded())
        .map(entry -> parsed(entry.body()))
        .forEach(
            event -> {
              assertThat(event.path("StreamName").asText()).isEqualTo("clicks");
              List<Long> sequences =
                  delivered.computeIfAbsent(
                      event.path("ShardID").asText(), shard -> new ArrayList<>());
              for (JsonNode record : event.path("Message").path("records")) {
                sequences.add(Long.parseLong(record.path("sequence_number").asText()));
              }
            });
    return delivered;
  }

  private static JsonNode parsed(String event) {
    try {
      return JSON.readTree(event.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every record of every partition once, in order. */
  private void awaitAllOnce() {
    Map<String, List<Long>> expected = new TreeMap<>();
    for (PartitionView partition : stream().partitions()) {
      if (partition.next() > 0) {
        expected.put(partition.id(), LongStream.range(0, partition.next()).boxed().toList());
      }
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(delivered()).isEqualTo(expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "source"})
  void scalingUpAndDownAndUpAgainLosesAndRepeatsNothing(String ledger) {
    Map<String, String> keys =
        ledger.equals("none") ? Map.of() : Map.of("delivery.ledger", ledger, "source.app", "app1");
    put(40);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("f"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      JobID job = cluster.submit(trigger(keys), Optional.empty());
      awaitAllOnce();
      for (int partitions : new int[] {5, 1, 3, 6}) {
        put(30);
        emulator.dis().scale("clicks", partitions);
        put(60);
        awaitAllOnce();
      }
      String savepoint = control.stop(job, Optional.empty(), PATIENCE.toSeconds());
      emulator.dis().scale("clicks", 2);
      put(40);
      emulator.dis().scale("clicks", 4);
      put(40);
      cluster.submit(trigger(keys), Optional.of(savepoint));
      awaitAllOnce();
    }
  }

  @Test
  void aPartitionReadToItsEndIsReadOnWhenItIsBack() {
    put(20);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("f"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      cluster.submit(trigger(Map.of()), Optional.empty());
      awaitAllOnce();
      TriggerJob job = control.job(Optional.empty());
      for (int round = 0; round < 2; round++) {
        emulator.dis().scale("clicks", 1);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(control.status(job).get("shards").findValuesAsText("state"))
                        .contains("ENDED"));
        emulator.dis().scale("clicks", 2);
        put(20);
        awaitAllOnce();
      }
    }
  }

  @Test
  void cursorsAreMadeAnewAfterACallThatOutlivesThem() {
    put(10);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("f"))) {
      cluster.submit(trigger(Map.of()), Optional.empty());
      awaitAllOnce();
      emulator.dis().forward(Duration.ofMinutes(6));
      put(10);
      awaitAllOnce();
    }
  }

  @Test
  void aJobWithoutStateGoesOnBehindTheCheckpointsOfItsApp() {
    Map<String, String> ledger =
        Map.of("delivery.ledger", "source", "delivery.ledger-mode", "strict", "source.app", "app1");
    put(30);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("f"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      JobID first = cluster.submit(trigger(ledger), Optional.empty());
      awaitAllOnce();
      awaitCheckpoints();
      control.stop(first, Optional.empty(), PATIENCE.toSeconds());
      put(20);
      cluster.submit(trigger(ledger), Optional.empty());
      awaitAllOnce();
      awaitCheckpoints();
    }
  }

  private void awaitCheckpoints() {
    Map<String, Long> last = new TreeMap<>();
    stream().partitions().forEach(each -> last.put(each.id(), each.next() - 1));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(emulator.dis().checkpoints("app1", "clicks")).isEqualTo(last));
  }
}
