// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.testframe.external.ExternalContextFactory;
import org.apache.flink.connector.testframe.junit.annotations.TestContext;
import org.junit.jupiter.api.Tag;

/** Flink's suite for sources, with a topic of DataHub. */
@Tag("ci")
final class DataHubSourceSuiteITCase extends FlinkSourceSuite {

  @TestContext final ExternalContextFactory<EmulatedStream> topics = test -> new EmulatedTopic();

  private static final class EmulatedTopic extends EmulatedStream {

    @Override
    void grow(int number) {
      if (number == 1) {
        emulator()
            .dataHub()
            .createTopic("test_project", "orders", TopicSchema.ofStrings("v"), 1, 3);
      } else {
        emulator().dataHub().extendShards("test_project", "orders", number);
      }
    }

    @Override
    String shard(int number) {
      return String.valueOf(number);
    }

    @Override
    void put(int shard, List<String> texts) {
      emulator()
          .dataHub()
          .put(
              "test_project",
              "orders",
              texts.stream().map(text -> NewRecord.ofTuple(text).toShard(shard(shard))).toList());
    }

    @Override
    TriggerSpec trigger(Path directory) {
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
            type: memory
          credentials:
            access-key-id: testid
            access-key-secret: ${MILLRACE_TEST_SECRET:-testkey}
          """
              .formatted(emulator().dataHubEndpoint()),
          Map.of());
    }
  }
}
