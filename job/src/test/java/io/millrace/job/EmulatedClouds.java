// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The emulators with the topic {@code test_project/orders} and the functions {@code s/f} of
 * Function Compute and {@code f} of FunctionGraph.
 */
final class EmulatedClouds implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Emulator emulator;
  private final int shards;
  private int put;

  EmulatedClouds(Emulator emulator, int shards) {
    this.emulator = emulator;
    this.shards = shards;
    emulator.dataHub().createProject("test_project");
    emulator.dataHub().createTopic("test_project", "orders", TopicSchema.ofStrings("v"), shards, 3);
    emulator.functions().create("s", "f");
    emulator.functionGraph().create("p1", "default", "f");
  }

  Emulator emulator() {
    return emulator;
  }

  /** Puts records, one after the other to each shard in turn. */
  void put(int records) {
    put(
        IntStream.range(put, put + records)
            .mapToObj(i -> NewRecord.ofTuple("v" + i).toShard(String.valueOf(i % shards)))
            .toList());
  }

  void put(List<NewRecord> records) {
    emulator.dataHub().put("test_project", "orders", records);
    put += records.size();
  }

  /** Records in answered invocations, repeats included. */
  int delivered() {
    return emulator.journal().entries().stream()
        .filter(entry -> entry.succeeded())
        .mapToInt(entry -> entry.body().split("\"eventId\"", -1).length - 1)
        .sum();
  }

  /** Returns when what was put is delivered, and nothing twice. */
  void awaitAllDelivered() {
    awaitDelivered(put);
  }

  void awaitDelivered(int records) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(delivered()).isEqualTo(records));
  }

  /**
   * A trigger from the topic to the function.
   *
   * @param secret reference to the secret key
   * @param more further keys, or other values
   */
  TriggerSpec trigger(Path directory, String secret, Map<String, String> more) {
    Map<String, String> keys = new HashMap<>();
    keys.put("credentials.access-key-secret", secret);
    keys.putAll(more);
    return TriggerText.parse(
        directory,
        """
        name: orders
        source:
          type: datahub
          endpoint: %s
          project: test_project
          topic: orders
          idle-wait: 20 ms
        function:
          type: function-compute
          endpoint: %s
          account-id: "12423423992"
          service: s
          function: f
          timeout: 1 min
        credentials:
          access-key-id: testid
        parallelism: 2
        flink:
          execution.checkpointing.interval: 500 ms
        """
            .formatted(emulator.dataHubEndpoint(), emulator.functionComputeEndpoint()),
        keys);
  }

  /**
   * A trigger from the topic to the function of FunctionGraph, with credentials for each side.
   *
   * @param source the source's credentials, keys below {@code source.credentials}
   * @param function the function's, keys below {@code function.credentials}
   */
  TriggerSpec toFunctionGraph(
      Path directory, Map<String, String> source, Map<String, String> function) {
    Map<String, String> keys = new HashMap<>();
    source.forEach((key, value) -> keys.put("source.credentials." + key, value));
    function.forEach((key, value) -> keys.put("function.credentials." + key, value));
    return TriggerText.parse(
        directory,
        """
        name: orders
        source:
          type: datahub
          endpoint: %s
          project: test_project
          topic: orders
          idle-wait: 20 ms
        function:
          type: functiongraph
          endpoint: %s
          urn: urn:fss:eu-de:p1:function:default:f
          timeout: 1 min
        parallelism: 2
        flink:
          execution.checkpointing.interval: 500 ms
        """
            .formatted(emulator.dataHubEndpoint(), emulator.functionGraphEndpoint()),
        keys);
  }

  @Override
  public void close() {
    emulator.close();
  }
}
