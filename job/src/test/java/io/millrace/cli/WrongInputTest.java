// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static io.millrace.cli.MistakenTrigger.NOBODY;
import static io.millrace.cli.MistakenTrigger.RIGHT;
import static io.millrace.cli.MistakenTrigger.file;
import static io.millrace.cli.MistakenTrigger.line;
import static io.millrace.cli.MistakenTrigger.more;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.MistakenTrigger.Mistake;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What users get wrong, against services that are there: each mistake is answered with one line and
 * exit code 2, by {@code check} and by {@code run}, before anything is started.
 */
final class WrongInputTest {

  private static MistakenTrigger trigger;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    trigger = new MistakenTrigger();
  }

  @AfterAll
  static void stop() {
    trigger.close();
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
            "delivery.suspended.max-probe-interval: '3600000 ms' is not accepted; accepted: at"
                + " least delivery.suspended.probe-interval, which is 7200000 ms"),
        more(
            "delivery.on-start: resume",
            "delivery.on-start: 'resume' is not accepted; accepted: keep, resume-suspended"),
        more("delivery.shard-metrics: -1", "delivery.shard-metrics: '-1' is not accepted"),
        more("delivery.on-restore: rewind", "delivery.on-restore: is for delivery.ledger: source"),
        more("function.timeout: 0 s", "function.timeout: "),
        more("function.max-concurrency: 0", "function.max-concurrency: '0' is not accepted"),
        more(
            "parallelism: 8\nfunction.max-concurrency: 4",
            "function.max-concurrency: '4' is not accepted; accepted: at least parallelism, which"
                + " is 8"),
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
            "source.start-time: '2999-01-01T00:00:00Z' is not accepted; accepted: a time that has"
                + " come"),
        more(
            "source.start: earliest\nsource.start-time: 2021-01-01T00:00:00Z",
            "source.start-time: accepted only with source.start: timestamp"),
        more(
            "flink.execution.checkpointing.interval: often",
            "trigger.yaml:15: flink.execution.checkpointing.interval: Could not parse value"
                + " 'often'"),
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
            "https://" + NOBODY + "\n  region: cn-hangzhou",
            "https://" + NOBODY + ": not connected: the name does not resolve"),
        line(
            "FUNCTIONS",
            "http://localhost:1",
            "http://localhost:1: cannot connect: Connection refused"),
        line("FUNCTIONS", "https://" + NOBODY, NOBODY + " does not resolve"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void isAnsweredWithOneLine(Mistake mistake) {
    trigger.assertAnsweredWithOneLine(directory, mistake);
  }

  @Test
  void withoutAMistakeAllIsWell() {
    assertThat(trigger.checked(directory, RIGHT)).contains("stream: test_project/orders, TUPLE");
  }

  @Test
  void whatIsAllowedAndPromisesLessIsAWarning() {
    assertThat(
            trigger
                .checked(directory, RIGHT, "-Dfunction.invocation=async")
                .lines()
                .filter(line -> line.startsWith("warning: ")))
        .singleElement()
        .asString()
        .startsWith("warning: function.invocation: async: ");
  }
}
