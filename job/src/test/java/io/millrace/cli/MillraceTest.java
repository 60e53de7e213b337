// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.HttpFailure;
import io.millrace.source.StreamException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Exit codes, and what goes to which stream. */
final class MillraceTest {

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest(name = "millrace {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | a command is needed: check, verify-cloud, run, status, suspend, resume, retry, skip, seek, stop",
        "chek | Unmatched argument at index 0: 'chek'",
        "check | Missing required option: '--config=FILE'",
        "check --config none.yaml | none.yaml: no such file",
        "run --config none.yaml | none.yaml: no such file",
        "run --config none.yaml --embedded --jobmanager a:1 | exclude each other",
        "run --config none.yaml -Dkey | should be in KEY=VALUE format but was key",
        "status --jobmanager localhost | '--jobmanager: 'localhost' is not accepted; accepted: host:port",
        "status --jobmanager localhost:0 | 'localhost:0' is not accepted",
        "status --jobmanager http://localhost:8081 | 'http://localhost:8081' is not accepted",
        "status --jobmanager localhost:1 | localhost:1: no JobManager answers",
        "suspend --jobmanager localhost:1 --wait soon | expected one of [accepted, durable]",
        "retry --jobmanager localhost:1 | localhost:1: no JobManager answers",
        "skip --jobmanager localhost:1 --shard 1 | Missing required option: '--reason=TEXT'",
        "skip --jobmanager localhost:1 --reason x | Missing required option: '--shard=SHARD'",
        "skip --jobmanager localhost:1 --shard 1 --reason x --sequence 1.x | --sequence: '1.x' is not accepted; accepted: a sequence, or sequence.index",
        "skip --jobmanager localhost:1 --shard 1 --reason x --sequence 1.2 | localhost:1: no JobManager answers",
        "seek --jobmanager localhost:1 --shard 1 | Missing required option: '--to=PLACE'",
        "seek --jobmanager localhost:1 --to 5 | --shard or --all: one of them is needed",
        "seek --jobmanager localhost:1 --all --to 5 | --to: '5' is not accepted with --all",
        "seek --jobmanager localhost:1 --all --to noon | 'noon' is not accepted; accepted: earliest,",
        "seek --jobmanager localhost:1 --all --to latest | localhost:1: no JobManager answers",
        "stop --jobmanager localhost:1 | localhost:1: no JobManager answers",
      })
  void badInputIsOneLineAndExitCodeTwo(String arguments, String says) {
    int code = execute(arguments.isEmpty() ? new String[0] : arguments.split(" "));

    assertThat(code).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .startsWith("millrace: ")
        .contains(says.startsWith("'--") ? says.substring(1) : says)
        .doesNotContain("\tat ");
    assertThat(err.toString().lines().filter(line -> line.startsWith("millrace: "))).hasSize(1);
  }

  @Test
  void checkTellsWhatItFound() throws IOException {
    assertThat(execute("check", "--config", trigger("").toString())).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "trigger: orders, parallelism 1",
            "source credentials: access key id",
            "function credentials: access key id",
            "stream: events, nothing, 1 shard, 1 open",
            "function: nowhere; not connected to, it has no endpoint",
            "all is well");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void checkTakesKeysFromTheCommandLine() throws IOException {
    String config = trigger("").toString();

    assertThat(execute("check", "--config", config, "-Dparallelism=3", "-Dname=other")).isZero();
    assertThat(out.toString()).contains("trigger: other, parallelism 3");
    assertThat(execute("check", "--config", config, "-Dparallelism=0")).isEqualTo(2);
    assertThat(err.toString())
        .contains("millrace: command line: parallelism: '0' is not accepted; accepted: 1 to 1024");
  }

  @Test
  void checkNamesTheVariableThatIsMissing() throws IOException {
    String config = trigger("").toString();

    assertThat(
            execute(
                "check",
                "--config",
                config,
                "-Dcredentials.access-key-secret=${MILLRACE_NO_SUCH_VARIABLE}"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("${MILLRACE_NO_SUCH_VARIABLE} is not set or empty on host");
  }

  @Test
  void checkNamesTheEndpointThatDoesNotAnswer() throws IOException {
    String config = trigger("").toString();

    assertThat(execute("check", "--config", config, "-Dfunction.endpoint=https://localhost:1"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("https://localhost:1: cannot connect: Connection refused");
    assertThat(
            execute(
                "check",
                "--config",
                config,
                "-Dfunction.endpoint=http://" + MistakenTrigger.NOBODY))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "http://%1$s: cannot connect: the name %1$s does not resolve"
                .formatted(MistakenTrigger.NOBODY));
  }

  @Test
  void helpAndVersionAreAnswers() {
    assertThat(execute("--version")).isZero();
    assertThat(out.toString()).containsPattern("millrace \\d").contains("Flink 2.");
    assertThat(execute("run", "--help")).isZero();
    assertThat(out.toString()).contains("--from-savepoint");
  }

  @Test
  void aFailureIsExplainedByItsKind() {
    assertThat(Explanation.of(new StreamException(StreamException.Kind.REFUSED, "p/t: 403")))
        .isEqualTo(new Explanation("p/t: 403", 2, false));
    assertThat(Explanation.of(new HttpFailure(HttpFailure.Kind.NOT_CONNECTED, "refused", null)))
        .isEqualTo(new Explanation("refused", 2, false));
    assertThat(Explanation.of(CommandFailure.failed("did not run")))
        .isEqualTo(new Explanation("did not run", 1, false));
    assertThat(Explanation.of(new IllegalStateException("first\nsecond")))
        .isEqualTo(new Explanation("IllegalStateException: first", 1, true));
  }

  private Path trigger(String more) throws IOException {
    return Files.writeString(
        directory.resolve("trigger.yaml"),
        """
        name: orders
        source: {type: memory, topic: events}
        function: {type: memory}
        credentials:
          access-key-id: id
          access-key-secret: ${MILLRACE_TEST_SECRET:-none}
        """
            + more);
  }

  private int execute(String... arguments) {
    CommandLine line = Millrace.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }
}
