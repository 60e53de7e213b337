// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal.Entry;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that invokes a function of Function Compute 3.0: what is delivered, and what failed. */
final class FunctionCompute3ITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  @Test
  void deliversInOrderAndStatusShowsTheLogOfAFailure() throws Exception {
    try (Emulator emulator = Emulator.builder().credentials("testid", "testkey").start()) {
      emulator.dataHub().createProject("test_project");
      emulator.dataHub().createTopic("test_project", "orders", TopicSchema.ofStrings("v"), 1, 3);
      emulator.functions().create("f");
      emulator
          .functions()
          .handler(
              event -> {
                if (new String(event, java.nio.charset.StandardCharsets.UTF_8).contains("bad")) {
                  throw new IllegalStateException("no stock");
                }
                return event;
              });
      put(emulator, "good", 50);
      try (EmbeddedCluster cluster = EmbeddedCluster.start(1, 0, directory.resolve("flink"));
          ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
        cluster.submit(trigger(emulator), Optional.empty());
        emulator.journal().await(entries -> delivered(emulator) == 50, PATIENCE);
        put(emulator, "bad", 1);
        TriggerJob job = control.job(Optional.empty());
        JsonNode shard =
            await()
                .atMost(PATIENCE)
                .until(
                    () -> control.status(job).get("shards").get(0),
                    status -> status != null && "SUSPENDED".equals(status.get("state").asText()));

        JsonNode error = shard.get("lastError");
        assertThat(error.get("message").asText())
            .startsWith("HandledInvocationError: java.lang.IllegalStateException: no stock; log: ")
            .contains("\"errorMessage\":\"no stock\"")
            .hasSizeLessThan(2001);
        Entry last = emulator.journal().entries().get(emulator.journal().size() - 1);
        assertThat(error.get("requestId").asText()).isEqualTo(last.requestId());
        assertThat(emulator.journal().entries()).allMatch(entry -> entry.service().isEmpty());
      }
    }
  }

  private static void put(Emulator emulator, String value, int records) {
    emulator
        .dataHub()
        .put(
            "test_project",
            "orders",
            IntStream.range(0, records).mapToObj(i -> NewRecord.ofTuple(value + i)).toList());
  }

  private static int delivered(Emulator emulator) {
    return emulator.journal().entries().stream()
        .filter(Entry::succeeded)
        .mapToInt(entry -> entry.body().split("\"eventId\"", -1).length - 1)
        .sum();
  }

  private TriggerSpec trigger(Emulator emulator) {
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
          function: f
        delivery:
          retry: {interval: 10 ms, max-attempts: 2}
        credentials:
          access-key-id: testid
          access-key-secret: ${MILLRACE_TEST_SECRET:-testkey}
        flink:
          execution.checkpointing.interval: 500 ms
        """
            .formatted(emulator.dataHubEndpoint(), emulator.functionComputeEndpoint()),
        Map.of());
  }
}
