// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.EmbeddedCluster;
import io.millrace.job.TriggerSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class RunITCase {

  @TempDir private Path directory;

  @Test
  void aTriggerThatHasAJobAlreadyIsRefused() throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("trigger.yaml"),
            """
            name: orders
            source: {type: memory, topic: events}
            function: {type: memory}
            credentials:
              access-key-id: id
              access-key-secret: ${MILLRACE_TEST_SECRET:-none}
            """);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(1, 0, directory.resolve("flink"))) {
      JobID first = cluster.submit(TriggerSpec.parse(config, Map.of()), Optional.empty());

      StringWriter err = new StringWriter();
      CommandLine line = Millrace.commandLine();
      line.setErr(new PrintWriter(err, true));
      int code =
          line.execute("run", "--config", config.toString(), "--jobmanager", cluster.restAddress());

      assertThat(code).isEqualTo(2);
      assertThat(err.toString())
          .contains(": orders is there already, as job " + first + " (")
          .contains("); stop it first: millrace stop --job " + first);
    }
  }
}
