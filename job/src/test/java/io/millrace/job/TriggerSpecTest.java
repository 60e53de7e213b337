// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.credentials.ReferencedAuthToken;
import io.millrace.credentials.ReferencedCredentials;
import io.millrace.credentials.SecretReference;
import io.millrace.dispatch.DeliveryOptions;
import io.millrace.model.StartPosition;
import io.millrace.options.OptionException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TriggerSpecTest {

  @TempDir private Path directory;

  @Test
  void everyDefault() {
    TriggerSpec spec = parse(TriggerText.SMALLEST);

    assertThat(spec.name()).isEqualTo("orders");
    assertThat(spec.parallelism()).isEqualTo(1);
    assertThat(spec.start()).isEqualTo(new StartPosition.Earliest());
    assertThat(spec.source().stream()).isEqualTo("events");
    assertThat(spec.function().function()).isEqualTo("nowhere");
    assertThat(spec.options().get(TriggerOptions.CONNECT_TIMEOUT))
        .isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void everyKeyOfItsOwn() {
    TriggerSpec spec =
        parse(
            """
            name: n.1
            parallelism: 7
            source: {type: memory, topic: t, start: timestamp, start-time: "2021-10-12T00:00:00Z"}
            function: {type: memory, timeout: 3 min, max-concurrency: 9}
            http.connect-timeout: 2 s
            delivery:
              batch: {max-records: 5, max-bytes: 2 mb, linger: 3 ms}
              retry: {interval: 4 s, max-attempts: 6}
              on-exhausted: fail
            source.credentials:
              access-key-id: ${SOURCE_ID}
              access-key-secret: ${file:/run/secret}
              security-token: ${TOKEN:-}
            credentials:
              access-key-id: common
              access-key-secret: ${COMMON}
            flink:
              execution.checkpointing.interval: 1 s
              state: {backend.type: rocksdb}
              pipeline.jars: [a, b]
            """);

    assertThat(spec.name()).isEqualTo("n.1");
    assertThat(spec.parallelism()).isEqualTo(7);
    assertThat(spec.start())
        .isEqualTo(new StartPosition.At(Instant.parse("2021-10-12T00:00:00Z").toEpochMilli()));
    assertThat(spec.function().timeout()).isEqualTo(Duration.ofMinutes(3));
    assertThat(spec.options().get(TriggerOptions.CONNECT_TIMEOUT)).isEqualTo(Duration.ofSeconds(2));
    assertThat(spec.options().get(DeliveryOptions.MAX_CONCURRENCY)).isEqualTo(9);
    assertThat(spec.options().get(DeliveryOptions.MAX_RECORDS)).isEqualTo(5);
    assertThat(spec.options().get(DeliveryOptions.MAX_BYTES)).isEqualTo(MemorySize.ofMebiBytes(2));
    assertThat(spec.options().get(DeliveryOptions.LINGER)).isEqualTo(Duration.ofMillis(3));
    assertThat(spec.options().get(DeliveryOptions.RETRY_INTERVAL)).isEqualTo(Duration.ofSeconds(4));
    assertThat(spec.options().get(DeliveryOptions.MAX_ATTEMPTS)).isEqualTo(6);
    assertThat(spec.options().get(DeliveryOptions.ON_EXHAUSTED))
        .isEqualTo(DeliveryOptions.OnExhausted.fail);
    assertThat(spec.sourceCredentials())
        .isEqualTo(
            new ReferencedCredentials(
                "${SOURCE_ID}",
                SecretReference.of("${file:/run/secret}"),
                SecretReference.of("${TOKEN:-}")));
    assertThat(spec.functionCredentials())
        .isEqualTo(ReferencedCredentials.of("common", "${COMMON}"));
    assertThat(spec.flink().toMap())
        .containsOnly(
            Map.entry("execution.checkpointing.interval", "1 s"),
            Map.entry("state.backend.type", "rocksdb"),
            Map.entry("pipeline.jars", "a;b"));
  }

  @Test
  void latestStaysUnresolved() {
    assertThat(parse(TriggerText.SMALLEST, Map.of("source.start", "latest")).start())
        .isEqualTo(new StartPosition.Latest());
  }

  @Test
  void sequencesAreGivenByShardInEitherForm() {
    StartPosition expected = new StartPosition.Sequences(Map.of("0", 123L, "12", 456L));

    assertThat(
            parse(
                    TriggerText.SMALLEST
                        + "source.start: sequence\n"
                        + "source.start-sequences: {0: 123, 12: 456}\n")
                .start())
        .isEqualTo(expected);
    assertThat(
            parse(
                    TriggerText.SMALLEST,
                    Map.of("source.start", "sequence", "source.start-sequences", "0:123,12:456"))
                .start())
        .isEqualTo(expected);
    assertThatThrownBy(
            () ->
                parse(
                    TriggerText.SMALLEST,
                    Map.of("source.start", "sequence", "source.start-sequences.3", "-1")))
        .hasMessageContaining("source.start-sequences: '3: -1' is not accepted; accepted: a");
  }

  @Test
  void aSubscriptionIsTheConnectorsOwn() {
    assertThat(
            parse(
                    TriggerText.SMALLEST,
                    Map.of("source.start", "subscription", "source.subscription", "s1"))
                .start())
        .isEqualTo(new StartPosition.Subscription());
    assertThatThrownBy(() -> parse(TriggerText.SMALLEST, Map.of("source.subscription", "s1")))
        .hasMessageContaining("source.subscription: accepted only with delivery.ledger: source or");
  }

  @Test
  void anOptionThatIsAListIsWrittenAsOne() {
    assertThat(
            parse(TriggerText.SMALLEST + "source.labels: [a, b]\n")
                .options()
                .get(MemoryStreamConnector.LABELS))
        .containsExactly("a", "b");
    assertThatThrownBy(() -> parse(TriggerText.SMALLEST + "source.number: [1, 2]\n"))
        .hasMessageContaining("source.number: a list is not accepted; accepted: one value");
  }

  @Test
  void theCommandLineWinsOverTheFile() {
    TriggerSpec spec =
        parse(TriggerText.SMALLEST, Map.of("name", "other", "flink.state.backend.type", "rocksdb"));

    assertThat(spec.name()).isEqualTo("other");
    assertThat(spec.flink().toMap()).containsEntry("state.backend.type", "rocksdb");
  }

  @Test
  void aSectionOfCredentialsReplacesTheCommonOneWhole() {
    TriggerSpec spec =
        parse(
            TriggerText.SMALLEST
                + """
                  security-token: ${COMMON_TOKEN}
                function.credentials: {access-key-id: other, access-key-secret: "${OTHER}"}
                """);

    assertThat(spec.functionCredentials()).isEqualTo(ReferencedCredentials.of("other", "${OTHER}"));
    assertThat(spec.sourceCredentials())
        .isEqualTo(
            new ReferencedCredentials(
                "id",
                SecretReference.of("${MILLRACE_TEST_SECRET:-none}"),
                SecretReference.of("${COMMON_TOKEN}")));
  }

  @Test
  void anIamTokenStandsInForAnAccessKeyWhereTheTypeTakesOne() {
    TriggerSpec spec =
        parse(TriggerText.SMALLEST, Map.of("function.credentials.auth-token", "${IAM}"));
    assertThat(spec.functionCredentials())
        .isEqualTo(new ReferencedAuthToken(SecretReference.of("${IAM}")));
    assertThat(spec.sourceCredentials()).isInstanceOf(ReferencedCredentials.class);

    assertThatThrownBy(
            () -> parse(TriggerText.SMALLEST, Map.of("source.credentials.auth-token", "${IAM}")))
        .hasMessage(
            "command line: source.credentials.auth-token: is not accepted with source.type:"
                + " memory; accepted: source.credentials.access-key-id and"
                + " source.credentials.access-key-secret");
    assertThatThrownBy(
            () ->
                parse(
                    TriggerText.SMALLEST,
                    Map.of(
                        "function.credentials.auth-token", "${IAM}",
                        "function.credentials.access-key-id", "id")))
        .hasMessageEndingWith(
            "is given beside function.credentials.access-key-id; accepted: one of the two");
    assertThatThrownBy(
            () -> parse(TriggerText.SMALLEST, Map.of("function.credentials.auth-token", "MIIx")))
        .hasMessageContaining("the value is not a reference")
        .hasMessageNotContaining("MIIx");
  }

  /** The trigger, the key laid over it, and what the one line must say. */
  @ParameterizedTest(name = "{0}={1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "nam | x | command line: nam: there is no such key; did you mean name?",
        "delivery.batch.max-recods | 1 | did you mean delivery.batch.max-records?",
        "max-attempts | 1 | did you mean delivery.retry.max-attempts?",
        "completely-different-word | 1 | there is no such key; keys: name, parallelism",
        "delivery | x | is a section, not a value; its keys: delivery.batch.max-records",
        "name | 'a b' | name: 'a b' is not accepted; accepted: letters, digits",
        "parallelism | 0 | parallelism: '0' is not accepted; accepted: 1 to 1024",
        "parallelism | 1025 | parallelism: '1025' is not accepted; accepted: 1 to 1024",
        "parallelism | many | 'many' is not accepted; accepted: a whole number",
        "source.type | kafka | 'kafka' is not accepted; accepted: ",
        "function.type | lambda | 'lambda' is not accepted; accepted: ",
        "source.start | middle | 'middle' is not accepted; accepted: earliest, latest, timestamp",
        "source.start | sequence | source.start-sequences: missing; accepted: a sequence from 0",
        "source.start | subscription | source.subscription: missing; accepted: what keeps the offsets of",
        "source.start-sequences | 0:1 | accepted only with source.start: sequence",
        "source.start-sequences.0 | 1 | accepted only with source.start: sequence",
        "source.start | timestamp | source.start-time: missing; accepted: a time with its zone",
        "source.start-time | 2021-10-12T00:00:00Z | accepted only with source.start: timestamp",
        "source.number | seven | source.number: 'seven' is not accepted; accepted: ",
        "delivery.ledger | source | delivery.ledger: a stream in memory has none",
        "delivery.ledger-mode | strict | delivery.ledger-mode: is for delivery.ledger: source",
        "delivery.on-restore | rewind | delivery.on-restore: is for delivery.ledger: source",
        "delivery.ledger | disk | 'disk' is not accepted; accepted: none, source",
        "delivery.on-exhausted | dead-letter | 'dead-letter' is not available in this version; accepted: suspend, fail",
        "delivery.batch.max-records | 0 | '0' is not accepted; accepted: 1 or more",
        "delivery.batch.max-bytes | big | 'big' is not accepted; accepted: a size such as",
        "delivery.retry.interval | soon | 'soon' is not accepted; accepted: a duration such as",
        "delivery.stop-drain-timeout | 10 min | accepted: less than flink.execution.checkpointing.timeout, which is 600 s",
        "http.connect-timeout | 0 s | http.connect-timeout: '0 s' is not accepted; accepted: 1 ms or more",
        "flink.execution.checkpointing.mode | AT_LEAST_ONCE | flink.execution.checkpointing.mode: 'AT_LEAST_ONCE' is not accepted; accepted: EXACTLY_ONCE",
        "flink.execution.checkpointing.interval | often | Could not parse value 'often' for key 'execution.checkpointing.interval'",
        "flink.execution.checkpointing.interval | 1 ms | '1 ms' is not accepted; accepted: 10 ms or more",
        "flink.pipeline.max-parallelism | 128 | flink.pipeline.max-parallelism: '128' is not accepted; accepted: 1024",
        "flink.pipeline.operator-chaining.enabled | false | 'false' is not accepted; accepted: true",
        "flink.execution.runtime-mode | BATCH | 'BATCH' is not accepted; accepted: STREAMING",
        "flink.parallelism.default | 4 | flink.parallelism.default: is not accepted; accepted: parallelism",
        "flink.pipeline.name | x | flink.pipeline.name: is not accepted; accepted: name",
      })
  void refusedWithOneLine(String key, String value, String says) {
    assertThatThrownBy(() -> parse(TriggerText.SMALLEST, Map.of(key, value)))
        .isInstanceOf(OptionException.class)
        .hasMessageContaining(says)
        .message()
        .hasLineCount(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "name: orders | trigger.yaml: name: missing; accepted: letters",
        "type: memory | source.type: missing; accepted: ",
        "topic: events | source.topic: missing; accepted: the name of a topic",
        "access-key-id: id | credentials.access-key-id: missing; accepted: an access key id",
        "access-key-secret: ${MILLRACE_TEST_SECRET:-none} | credentials.access-key-secret: missing",
      })
  void whatIsMissingIsNamed(String line, String says) {
    assertThatThrownBy(() -> parse(TriggerText.SMALLEST.replaceFirst("\\Q" + line + "\\E\n", "\n")))
        .isInstanceOf(OptionException.class)
        .hasMessageContaining(says);
  }

  @Test
  void aComplaintNamesItsLine() {
    assertThatThrownBy(() -> parse(TriggerText.SMALLEST + "delivery:\n  ledgr: none\n"))
        .hasMessage(
            directory.resolve("trigger.yaml")
                + ":11: delivery.ledgr: there is no such key; did you mean delivery.ledger?");
    assertThatThrownBy(
            () -> parse(TriggerText.SMALLEST + "delivery:\n  batch:\n    max-records: -1\n"))
        .hasMessageContaining("trigger.yaml:12: delivery.batch.max-records: '-1'");
  }

  @Test
  void aKeyTwiceIsRefusedHoweverItIsWritten() {
    assertThatThrownBy(() -> parse(TriggerText.SMALLEST + "name: again\n"))
        .hasMessageContaining("trigger.yaml:10: name: is given twice; the first time at")
        .hasMessageEndingWith("trigger.yaml:1");
    assertThatThrownBy(() -> parse(TriggerText.SMALLEST + "source.topic: again\n"))
        .hasMessageContaining("trigger.yaml:10: source.topic: is given twice")
        .hasMessageEndingWith("trigger.yaml:4");
  }

  @Test
  void aSecretInTheFileIsRefusedAndNotRepeated() {
    for (String key : new String[] {"access-key-secret", "security-token"}) {
      assertThatThrownBy(
              () -> parse(TriggerText.SMALLEST, Map.of("credentials." + key, "wJalrXUtnFEMI")))
          .hasMessageContaining("credentials." + key + ": the value is not a reference")
          .message()
          .doesNotContain("wJalrXUtnFEMI");
    }
  }

  @Test
  void aBrokenReferenceIsRefused() {
    assertThatThrownBy(
            () -> parse(TriggerText.SMALLEST, Map.of("credentials.access-key-id", "${A-B}")))
        .hasMessageContaining("credentials.access-key-id: '${A-B}' is not accepted");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | is empty; accepted: a trigger",
        "- a | trigger.yaml:1: accepted: keys and values",
        "name: | trigger.yaml:1: name: has no value",
        "'name: {' | not valid YAML",
        "triggers: [] | trigger.yaml:1: triggers: a list of triggers is not available",
        "'a: &a {b: *a}' | contains itself",
        "'? [a]: b' | not valid YAML: Non scalar key",
      })
  void textThatIsNoTrigger(String text, String says) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(OptionException.class)
        .hasMessageContaining(says)
        .message()
        .hasLineCount(1);
  }

  @Test
  void aFileThatIsNotThere() {
    assertThatThrownBy(() -> TriggerSpec.parse(directory.resolve("none.yaml"), Map.of()))
        .isInstanceOf(OptionException.class)
        .hasMessageContaining("none.yaml: no such file");
  }

  private TriggerSpec parse(String text) {
    return parse(text, Map.of());
  }

  private TriggerSpec parse(String text, Map<String, String> overrides) {
    return TriggerText.parse(directory, text, overrides);
  }
}
