// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.TopicSchema;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * What users get wrong, against services that are there: each mistake is answered with one line and
 * exit code 2, by {@code check} and by {@code run}, before anything is started.
 */
final class WrongInputTest {

  /** The function's section of the trigger that is right. */
  private static final String FUNCTION_COMPUTE =
      "  type: function-compute\n  endpoint: FUNCTIONS\n  service: s\n  function: f\n";

  private static final String NAMED = "endpoint: GRAPH\nurn: urn:fss:eu-de:p1:function:default:f\n";

  private static Emulator emulator;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    emulator = Emulator.builder().credentials("testid", "testkey").start();
    emulator.dataHub().createProject("test_project");
    emulator.dataHub().createTopic("test_project", "orders", TopicSchema.ofStrings("v"), 2, 3);
    emulator.functions().create("s", "f");
    emulator.functionGraph().create("p1", "default", "f");
  }

  @AfterAll
  static void stop() {
    assertThat(emulator.journal().size()).as("invocations").isZero();
    emulator.close();
  }

  /**
   * @param mistake what is wrong
   * @param edit makes the mistake in a trigger that is right
   * @param says what the line must contain
   */
  private record Mistake(String mistake, UnaryOperator<String> edit, String says) {

    @Override
    public String toString() {
      return mistake;
    }
  }

  private static Mistake line(String before, String after, String says) {
    return new Mistake(
        after.isEmpty() ? "without " + before : after.strip(),
        text -> {
          assertThat(text).contains(before);
          return text.replace(before, after);
        },
        says);
  }

  private static Mistake more(String lines, String says) {
    return new Mistake(lines.strip(), text -> text + lines + "\n", says);
  }

  /** In the function's section of a trigger to FunctionGraph. */
  private static Mistake functionGraph(String lines, String says) {
    return new Mistake(
        "functiongraph: " + lines.strip(), text -> toFunctionGraph(text, lines), says);
  }

  private static String toFunctionGraph(String text, String lines) {
    String section = "  type: functiongraph\n" + lines.indent(2);
    assertThat(text).contains(FUNCTION_COMPUTE);
    return text.replace(FUNCTION_COMPUTE, section);
  }

  private static Mistake file(String mistake, String content, String says) {
    return new Mistake(mistake, text -> content, says);
  }

  static Stream<Mistake> mistakes() {
    return Stream.of(
        // The file.
        file(
            "an empty file",
            "",
            "trigger.yaml: is empty; accepted: a trigger with name, source, function"),
        file(
            "a comment only",
            "# nothing\n",
            "trigger.yaml: is empty; accepted: a trigger with name, source, function"),
        file("a list", "- a\n- b\n", "trigger.yaml"),
        file("a word", "orders\n", "trigger.yaml"),
        file("a quote that does not end", "name: \"orders\n", "trigger.yaml:"),
        file("a tab for indentation", "source:\n\ttype: datahub\n", "trigger.yaml:2"),
        file("two documents", "name: a\n---\nname: b\n", "trigger.yaml"),
        more(
            "triggers: [{name: a}]",
            "triggers: a list of triggers is not available in this version"),
        more("name: other", "name"),
        // Keys.
        line(
            "name: orders",
            "nmae: orders",
            "trigger.yaml:1: nmae: there is no such key; did you mean name?"),
        line(
            "project:",
            "projct:",
            "source.projct: there is no such key; did you mean source.project?"),
        more("delivery: {retries: 3}", "delivery.retries: there is no such key; did you mean"),
        more("delivery: {batch: {maxRecords: 3}}", "did you mean delivery.batch.max-records?"),
        more("delivery: all", "delivery: is a section, not a value"),
        more("parallelism: [1, 2]", "parallelism"),
        // What is missing.
        line("name: orders", "", "name: missing"),
        line("  type: datahub\n", "", "source.type: missing"),
        line("  project: test_project\n", "", "source.project: missing"),
        line("  topic: orders\n", "", "source.topic: missing"),
        line("  type: function-compute\n", "", "function.type: missing"),
        line("  function: f\n", "", "function.function: missing"),
        line("  access-key-id: testid\n", "", "credentials.access-key-id: missing"),
        line("  access-key-secret: ${file:SECRET}\n", "", "credentials.access-key-secret: missing"),
        // Values.
        line(
            "name: orders",
            "name: my orders",
            "name: 'my orders' is not accepted; accepted: letters"),
        line(
            "type: datahub",
            "type: kafka",
            "source.type: 'kafka' is not accepted; accepted: datahub"),
        line(
            "type: function-compute",
            "type: lambda",
            "function.type: 'lambda' is not accepted; accepted: function-compute"),
        line("project: test_project", "project: p", "source.project: 'p' is not accepted"),
        line("topic: orders", "topic: my-orders", "source.topic: 'my-orders' is not accepted"),
        line("DATAHUB", "not a url", "source.endpoint: 'not a url' is not accepted"),
        line("DATAHUB", "ftp://localhost", "source.endpoint: 'ftp://localhost' is not accepted"),
        line("DATAHUB", "http://dh-cn-hangzhou.aliyuncs.com", "source.endpoint"),
        line(
            "FUNCTIONS", "ftp://localhost", "function.endpoint: 'ftp://localhost' is not accepted"),
        line("FUNCTIONS", "http://1.fc.cn-shanghai.aliyuncs.com", "function.endpoint"),
        more("parallelism: 0", "parallelism: '0' is not accepted; accepted: 1 to 1024"),
        more("parallelism: four", "parallelism: 'four' is not accepted; accepted: a whole number"),
        more("delivery.batch.max-records: 0", "delivery.batch.max-records: '0' is not accepted"),
        more(
            "delivery.batch.max-bytes: lots",
            "delivery.batch.max-bytes: 'lots' is not accepted; accepted: a size"),
        more("delivery.batch.linger: -1 s", "delivery.batch.linger: "),
        more(
            "delivery.retry.interval: soon",
            "delivery.retry.interval: 'soon' is not accepted; accepted: a duration"),
        more("delivery.retry.max-attempts: 0", "delivery.retry.max-attempts: '0' is not accepted"),
        more(
            "delivery.on-exhausted: dead-letter",
            "delivery.on-exhausted: 'dead-letter' is not available in this version"),
        more(
            "delivery.ledger: source",
            "source.subscription: missing; accepted: the id of a subscription, which"),
        more(
            "delivery.ledger: source\nsource.subscription: s1\ndelivery.ledger-mode: loose",
            "delivery.ledger-mode: 'loose' is not accepted; accepted: strict, pipelined"),
        more(
            "delivery.suspended.probe-interval: 500 ms",
            "delivery.suspended.probe-interval: '500 ms' is not accepted; accepted: 0, or 1 s or"
                + " more"),
        more(
            "delivery.suspended.max-probe-interval: 1 min",
            "delivery.suspended.max-probe-interval: is for delivery.suspended.probe-interval"),
        more(
            "delivery.suspended.probe-interval: 2 h",
            "delivery.suspended.max-probe-interval: '3600000 ms' is not accepted; accepted: at least"
                + " delivery.suspended.probe-interval, which is 7200000 ms"),
        more(
            "delivery.on-start: resume",
            "delivery.on-start: 'resume' is not accepted; accepted: keep, resume-suspended"),
        more("delivery.shard-metrics: -1", "delivery.shard-metrics: '-1' is not accepted"),
        more("delivery.on-restore: rewind", "delivery.on-restore: is for delivery.ledger: source"),
        more("function.timeout: 0 s", "function.timeout: "),
        more("function.max-concurrency: 0", "function.max-concurrency: '0' is not accepted"),
        more(
            "parallelism: 8\nfunction.max-concurrency: 4",
            "function.max-concurrency: '4' is not accepted; accepted: at least parallelism, which is 8"),
        more("http.connect-timeout: never", "http.connect-timeout: 'never' is not accepted"),
        more(
            "source.start: middle",
            "source.start: 'middle' is not accepted; accepted: earliest, latest"),
        more("source.start: timestamp", "source.start-time: missing"),
        more(
            "source.start: timestamp\nsource.start-time: yesterday",
            "source.start-time: 'yesterday' is not accepted; accepted: a time with its zone"),
        more(
            "source.start: timestamp\nsource.start-time: 2999-01-01T00:00:00Z",
            "source.start-time: '2999-01-01T00:00:00Z' is not accepted; accepted: a time that has come"),
        more(
            "source.start: earliest\nsource.start-time: 2021-01-01T00:00:00Z",
            "source.start-time: accepted only with source.start: timestamp"),
        more(
            "flink.execution.checkpointing.interval: often",
            "trigger.yaml:15: flink.execution.checkpointing.interval: Could not parse value 'often'"),
        more("flink.execution.checkpointing.mode: AT_LEAST_ONCE", "accepted: EXACTLY_ONCE"),
        more(
            "flink.pipeline.operator-chaining.enabled: false",
            "flink.pipeline.operator-chaining.enabled: 'false' is not accepted"),
        more(
            "flink.pipeline.max-parallelism: 7",
            "flink.pipeline.max-parallelism: '7' is not accepted; accepted: 1024"),
        more(
            "flink.pipeline.object-reuse: maybe",
            "flink.pipeline.object-reuse: Could not parse value 'maybe'"),
        // Credentials.
        line(
            "${file:SECRET}",
            "testkey",
            "credentials.access-key-secret: the value is not a reference"),
        line(
            "${file:SECRET}",
            "${MILLRACE_NOT_SET}",
            "${MILLRACE_NOT_SET} is not set or empty on host"),
        line("SECRET", "/no/such/file", "/no/such/file"),
        line("${file:SECRET}", "${file:SECRET", "credentials.access-key-secret"),
        line("access-key-id: testid", "access-key-id: somebody", "test_project/orders"),
        line("SECRET", "OTHER_SECRET", "test_project/orders"),
        // Services.
        line("topic: orders", "topic: none", "test_project/none: NoSuchTopic, HTTP 404"),
        line("project: test_project", "project: other_project", "other_project/orders"),
        line(
            "DATAHUB",
            "http://localhost:1",
            "http://localhost:1: not connected: Connection refused"),
        line(
            "DATAHUB",
            "https://dh.invalid\n  region: cn-hangzhou",
            "https://dh.invalid: not connected: the name does not resolve"),
        line(
            "FUNCTIONS",
            "http://localhost:1",
            "http://localhost:1: cannot connect: Connection refused"),
        line("FUNCTIONS", "https://name.invalid", "name.invalid does not resolve"),
        // FunctionGraph.
        functionGraph("urn: f", "function.endpoint: missing; accepted: https://host"),
        functionGraph("endpoint: GRAPH", "function.urn: missing; accepted: urn:fss:"),
        functionGraph("endpoint: GRAPH\nurn: a/b", "function.urn: 'a/b' is not accepted"),
        functionGraph("endpoint: GRAPH\nurn: f", "function.region: missing"),
        functionGraph(
            "endpoint: GRAPH\nurn: f\nregion: eu-de",
            "function.project-id: missing; accepted: the project's id"),
        functionGraph(
            "endpoint: GRAPH\nurn: f\nregion: eu de\nproject-id: p1",
            "function.region: 'eu de' is not accepted"),
        functionGraph(
            NAMED + "project-id: p2", "accepted: a name in p2, which function.project-id says"),
        functionGraph(
            NAMED + "region: eu-nl", "accepted: a name in eu-nl, which function.region says"),
        functionGraph(
            "endpoint: https://functiongraph.eu-nl.otc.t-systems.com\n"
                + "urn: urn:fss:eu-de:p1:function:default:f",
            "accepted: a name in eu-nl, which function.endpoint says"),
        functionGraph(NAMED + "service: s", "function.service: there is no such key"),
        functionGraph(NAMED + "invocation: async", "function.invocation: there is no such key"),
        functionGraph(NAMED + "timeout: 4 d", "function.timeout: '345600000 ms' is not accepted"),
        functionGraph(NAMED + "max-event-size: 7 mb", "function.max-event-size: '7 mb' is not"),
        functionGraph(NAMED + "log-tail: perhaps", "'perhaps' is not accepted; accepted: true"),
        functionGraph(
            "endpoint: http://functiongraph.eu-de.otc.t-systems.com\n"
                + "urn: urn:fss:eu-de:p1:function:default:f",
            "function.allow-http: true permits plain http"),
        functionGraph(
            "endpoint: GRAPH\nurn: urn:fss:eu-de:p1:function:default:no", "HTTP 404 FSS.1051"),
        functionGraph(
            "endpoint: GRAPH\nurn: urn:fss:eu-de:p1:function:default:f:!no", "HTTP 404 FSS.1053"),
        functionGraph(NAMED + "credentials: {auth-token: MIIx}", "the value is not a reference"),
        functionGraph(
            NAMED + "credentials: {auth-token: '${file:OTHER_SECRET}'}", "HTTP 401 APIGW.0301"),
        functionGraph(
            NAMED + "credentials: {auth-token: '${file:SECRET}', access-key-id: testid}",
            "is given beside function.credentials.access-key-id; accepted: one of the two"),
        line(
            "  topic: orders\n",
            "  topic: orders\n  credentials: {auth-token: '${file:SECRET}'}\n",
            "source.credentials.auth-token: is not accepted with source.type: datahub"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void isAnsweredWithOneLine(Mistake mistake) throws IOException {
    Path config = write(mistake.edit().apply(trigger()));
    for (List<String> command : List.of(List.of("check"), List.of("run", "--embedded"))) {
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      List<String> arguments = new ArrayList<>(command);
      arguments.addAll(List.of("--config", config.toString()));

      int code = execute(out, err, arguments);

      assertThat(err.toString().lines().filter(line -> line.startsWith("millrace: ")))
          .as("%s: %s", command, err)
          .singleElement()
          .asString()
          .contains(mistake.says())
          .doesNotContain("Exception", "testkey");
      assertThat(code).isEqualTo(2);
      assertThat(err.toString()).doesNotContain("\tat ", "starting Flink");
      assertThat(out.toString()).doesNotContain("all is well", "runs as job");
    }
  }

  @Test
  void withoutAMistakeAllIsWell() throws IOException {
    StringWriter out = new StringWriter();

    int code =
        execute(out, new StringWriter(), List.of("check", "--config", write(trigger()).toString()));

    assertThat(code).isZero();
    assertThat(out.toString()).contains("all is well");
  }

  @Test
  void withoutAMistakeAllIsWellWithFunctionGraphToo() throws IOException {
    StringWriter out = new StringWriter();
    String config = write(toFunctionGraph(trigger(), NAMED)).toString();

    assertThat(execute(out, new StringWriter(), List.of("check", "--config", config))).isZero();
    assertThat(out.toString())
        .contains("all is well")
        .contains("function: urn:fss:eu-de:p1:function:default:f:latest at ")
        // The emulator's function may run for ten minutes.
        .contains("warning: function.timeout: 120000 ms is less than the 600 s")
        .contains("warning: the function may run for 600 s, and its service answers nothing after");
  }

  @Test
  void whatIsAllowedAndPromisesLessIsAWarning() throws IOException {
    StringWriter out = new StringWriter();
    String config = write(trigger()).toString();

    int code =
        execute(
            out,
            new StringWriter(),
            List.of("check", "--config", config, "-Dfunction.invocation=async"));

    assertThat(code).isZero();
    assertThat(out.toString().lines().filter(line -> line.startsWith("warning: ")))
        .singleElement()
        .asString()
        .startsWith("warning: function.invocation: async: ");
  }

  private static int execute(StringWriter out, StringWriter err, List<String> arguments) {
    CommandLine line = Millrace.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments.toArray(String[]::new));
  }

  private static String trigger() {
    return """
    name: orders
    source:
      type: datahub
      endpoint: DATAHUB
      project: test_project
      topic: orders
    function:
      type: function-compute
      endpoint: FUNCTIONS
      service: s
      function: f
    credentials:
      access-key-id: testid
      access-key-secret: ${file:SECRET}
    """;
  }

  private Path write(String text) throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "testkey");
    Path other = Files.writeString(directory.resolve("other"), "wrong");
    return Files.writeString(
        directory.resolve("trigger.yaml"),
        text.replace("DATAHUB", emulator.dataHubEndpoint().toString())
            .replace("FUNCTIONS", emulator.functionComputeEndpoint().toString())
            .replace("GRAPH", emulator.functionGraphEndpoint().toString())
            .replace("OTHER_SECRET", other.toString())
            .replace("SECRET", secret.toString()),
        StandardCharsets.UTF_8);
  }
}
