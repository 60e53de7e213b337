// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.options.OptionException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found out about the function before a job is started, in both generations. */
@Timeout(60)
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
