// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The emulators answer as the emulators do, and a cloud that does not is noticed. */
final class VerifyCloudTest {

  @TempDir private Path directory;

  private Emulator emulator;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void start() {
    emulator = Emulator.builder().credentials("testid", "testkey").splitGuard(false).start();
    emulator.dataHub().createProject("test_project");
    emulator.dataHub().createTopic("test_project", "orders", TopicSchema.ofStrings("v"), 3, 3);
    emulator.functions().create("s", "f");
    emulator
        .dataHub()
        .put(
            "test_project",
            "orders",
            IntStream.range(0, 40)
                .mapToObj(i -> NewRecord.ofTuple("v" + i).toShard(String.valueOf(i % 2)))
                .toList());
    emulator.dataHub().splitShard("test_project", "orders", "0");
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"service: s", "qualifier: LATEST"})
  void theEmulatorsAnswerAsEmulated(String generation) throws IOException {
    if (!generation.startsWith("service")) {
      emulator.functions().create("f");
    }

    int code = execute(generation, "--invoke");

    assertThat(err.toString()).doesNotContain("millrace: ");
    assertThat(code).isZero();
    assertThat(out.toString().lines().filter(line -> line.startsWith("DIFFERS"))).isEmpty();
    assertThat(out.toString().lines().filter(line -> line.startsWith("not asked"))).isEmpty();
    assertThat(out.toString().lines().filter(line -> line.startsWith("as emulated")))
        .hasSizeGreaterThan(15);
    assertThat(emulator.journal().size()).as("invocations").isEqualTo(1);
  }

  @Test
  void theEmulatedDisAnswersAsEmulated() throws IOException {
    emulator.dis().createStream("clicks", 3);
    emulator
        .dis()
        .put(
            "clicks",
            io.millrace.emulator.dis.NewRecord.of("a").toPartition("0"),
            io.millrace.emulator.dis.NewRecord.of("b").toPartition("1"));
    emulator.dis().scale("clicks", 1);

    int code =
        executeFrom(
            "{type: dis, endpoint: '"
                + emulator.disEndpoint()
                + "', project-id: p1, stream: clicks}",
            "service: s");

    assertThat(err.toString()).doesNotContain("millrace: ");
    assertThat(code).isZero();
    assertThat(out.toString().lines().filter(line -> line.startsWith("DIFFERS"))).isEmpty();
    assertThat(out.toString()).contains("as emulated  stream: a stream that is not there");
  }

  @Test
  void withoutPermissionTheFunctionIsNotInvoked() throws IOException {
    assertThat(execute("service: s")).isZero();

    assertThat(out.toString()).contains("not asked    function: an invocation: --invoke was not");
    assertThat(emulator.journal().size()).isZero();
  }

  @Test
  void aCloudThatAnswersOtherwiseIsNoticed() throws IOException {
    emulator.close();
    emulator = Emulator.builder().credentials("testid", "testkey").checkClock(false).start();
    emulator.dataHub().createProject("test_project");
    emulator.dataHub().createTopic("test_project", "orders", TopicSchema.ofStrings("v"), 1, 3);
    emulator.functions().create("s", "f");

    assertThat(execute("service: s", "--json")).isZero();

    assertThat(out.toString().lines()).hasSize(1);
    assertThat(out.toString())
        .contains(
            "{\"question\":\"clocks off by this much are let in\",\"verdict\":\"differs\","
                + "\"answer\":\"-20, -16, -14, -5, +5, +14, +16, +20 min\","
                + "\"emulated\":\"-14, -5, +5, +14 min\"}");
  }

  private int execute(String generation, String... more) throws IOException {
    return executeFrom(
        "{type: datahub, endpoint: '"
            + emulator.dataHubEndpoint()
            + "', project: test_project, topic: orders}",
        generation,
        more);
  }

  private int executeFrom(String source, String generation, String... more) throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "testkey");
    Path config =
        Files.writeString(
            directory.resolve("trigger.yaml"),
            """
            name: orders
            source: %s
            function:
              type: function-compute
              endpoint: %s
              %s
              function: f
            credentials:
              access-key-id: testid
              access-key-secret: ${file:%s}
            """
                .formatted(source, emulator.functionComputeEndpoint(), generation, secret));
    CommandLine line = Millrace.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    List<String> arguments =
        new ArrayList<>(List.of("verify-cloud", "--config", config.toString()));
    arguments.addAll(List.of(more));
    return line.execute(arguments.toArray(String[]::new));
  }
}
