// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.emulator.Emulator;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.options.OptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found out about the function before a job is started, in both generations. */
@Timeout(300)
final class TriggerCheckTest {

  @TempDir private Path directory;

  private final Emulator emulator = Emulator.builder().credentials("testid", "testkey").start();

  @BeforeEach
  void create() {
    emulator.dataHub().createProject("test_project");
    emulator.dataHub().createTopic("test_project", "orders", TopicSchema.ofStrings("v"), 2, 3);
    FunctionLimits minute = FunctionLimits.DEFAULT.withTimeout(Duration.ofMinutes(1));
    emulator.functions().create("s", "f", minute);
    emulator.functions().create("f", minute);
  }

  @AfterEach
  void close() {
    emulator.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"s", ""})
  void comparesTheTimeouts(String service) {
    assertThat(check(service, Map.of("function.timeout", "1 min")))
        .contains("function: the service lets it run for 60 s")
        .noneMatch(line -> line.startsWith("warning: "));
    assertThat(check(service, Map.of("function.timeout", "59 s")))
        .contains(
            "warning: function.timeout: 59000 ms is less than the 60 s that the function may run:"
                + " calls would be given up while they run");
    assertThat(emulator.journal().size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"s", ""})
  void goesOnWhereTheAccountMayNotAsk(String service) {
    emulator
        .functions()
        .faults()
        .add(
            FaultRule.of(FaultTarget.FUNCTION, FaultKind.STATUS)
                .withStatus(403)
                .withErrorCode("AccessDenied")
                .onOperation("getFunction"));

    assertThat(check(service, Map.of()))
        .anyMatch(
            line ->
                line.startsWith(
                    "function: its own timeout could not be compared: HTTP 403 AccessDenied"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"s", ""})
  void refusesAFunctionThatIsNotThere(String service) {
    String name = service.isEmpty() ? "nosuch" : "s/nosuch";
    assertThatThrownBy(() -> check(service, Map.of("function.function", "nosuch")))
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith("function: " + name + ": HTTP 404 FunctionNotFound: ")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void asksFunctionGraphWithAnIamToken() throws IOException {
    emulator.setIamKeys(
        new ServiceKeys("other", "other", Optional.empty(), Optional.of("testkey")));
    emulator
        .functionGraph()
        .create("p1", "default", "f", FunctionLimits.DEFAULT.withTimeout(Duration.ofSeconds(100)));
    Path token = Files.writeString(directory.resolve("token"), "testkey");

    assertThat(checkFunctionGraph("${file:" + token + "}"))
        .contains("source credentials: access key testid")
        .contains("function credentials: an IAM token")
        .contains("function: the service lets it run for 100 s")
        .contains(
            "warning: the function may run for 100 s, and its service answers nothing after 90 s:"
                + " what becomes of a longer run is not known here, and it is invoked again")
        .filteredOn(line -> line.startsWith("warning: "))
        .hasSize(1);
    assertThat(checkFunctionGraph("${MILLRACE_TEST_SECRET:-testkey}"))
        .anyMatch(
            line ->
                line.startsWith(
                    "warning: ${MILLRACE_TEST_SECRET:-testkey} is an IAM token of the"
                        + " environment"));
    assertThat(emulator.journal().size()).isZero();
  }

  private List<String> checkFunctionGraph(String token) {
    List<String> findings = new ArrayList<>();
    String text =
        text("s")
            .replace(
                "  type: function-compute\n  endpoint: "
                    + emulator.functionComputeEndpoint()
                    + "\n  service: s\n  function: f\n",
                "  type: functiongraph\n  endpoint: "
                    + emulator.functionGraphEndpoint()
                    + "\n  urn: urn:fss:eu-de:p1:function:default:f\n  credentials: {auth-token: '"
                    + token
                    + "'}\n");
    TriggerCheck.run(TriggerText.parse(directory, text, Map.of()), findings::add);
    return findings;
  }

  @Test
  void looksWhetherTheStartIsThere() {
    String[] rows = {"a", "b", "c"};
    for (String row : rows) {
      emulator.dataHub().put("test_project", "orders", NewRecord.ofTuple(row).toShard("0"));
    }
    assertThat(check("s", sequences("0:2,1:0"))).contains("start: at {0=2, 1=0}");
    assertThatThrownBy(() -> check("s", sequences("0:2,7:0")))
        .hasMessage(
            "source.start-sequences: '7' is not accepted; accepted: shards of the stream: 0, 1");
    assertThatThrownBy(() -> check("s", sequences("0:9")))
        .hasMessageContaining("shard 0: source.start-sequences: 9 is not accepted");
    assertThatThrownBy(
            () ->
                check("s", Map.of("source.start", "subscription", "source.subscription", "nosuch")))
        .hasMessageContaining("NoSuchSubscription");
    assertThatThrownBy(() -> check("s", Map.of("source.columns", "w")))
        .hasMessageEndingWith("source.columns: 'w' is not a column; accepted: v");
  }

  private static Map<String, String> sequences(String text) {
    return Map.of("source.start", "sequence", "source.start-sequences", text);
  }

  private List<String> check(String service, Map<String, String> overrides) {
    List<String> findings = new ArrayList<>();
    TriggerCheck.run(TriggerText.parse(directory, text(service), overrides), findings::add);
    return findings;
  }

  private String text(String service) {
    return """
    name: orders
    source:
      type: datahub
      endpoint: %s
      project: test_project
      topic: orders
    function:
      type: function-compute
      endpoint: %s
    %s  function: f
    credentials:
      access-key-id: testid
      access-key-secret: ${MILLRACE_TEST_SECRET:-testkey}
    """
        .formatted(
            emulator.dataHubEndpoint(),
            emulator.functionComputeEndpoint(),
            service.isEmpty() ? "" : "  service: " + service + "\n");
  }
}
