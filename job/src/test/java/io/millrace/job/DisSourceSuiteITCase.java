// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.emulator.dis.NewRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.testframe.external.ExternalContextFactory;
import org.apache.flink.connector.testframe.junit.annotations.TestContext;
import org.junit.jupiter.api.Tag;

/** Flink's suite for sources, with a stream of DIS. */
@Tag("ci")
final class DisSourceSuiteITCase extends FlinkSourceSuite {

  @TestContext final ExternalContextFactory<EmulatedStream> streams = test -> new EmulatedClicks();

  private static final class EmulatedClicks extends EmulatedStream {

    @Override
    void grow(int number) {
      if (number == 1) {
        emulator().dis().createStream("clicks", 1);
      } else {
        emulator().dis().scale("clicks", number);
      }
    }

    @Override
    String shard(int number) {
      return "shardId-000000000" + number;
    }

    @Override
    void put(int shard, List<String> texts) {
      emulator()
          .dis()
          .put(
              "clicks",
              texts.stream().map(text -> NewRecord.of(text).toPartition(shard(shard))).toList());
    }

    @Override
    TriggerSpec trigger(Path directory) {
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
          function:
            type: memory
          credentials:
            access-key-id: testid
            access-key-secret: ${MILLRACE_TEST_SECRET:-testkey}
          """
              .formatted(emulator().disEndpoint()),
          Map.of());
    }
  }
}
