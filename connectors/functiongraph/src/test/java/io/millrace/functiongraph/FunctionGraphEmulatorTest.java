// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.credentials.Credentials;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import io.millrace.http.HttpSettings;
import io.millrace.http.JettyTransport;
import io.millrace.inquiry.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The invoker and the emulator, over real connections. */
@Timeout(300)
final class FunctionGraphEmulatorTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final byte[] EVENT = "{\"ShardID\":\"shardId-0000000000\"}".getBytes(UTF_8);
  private static final Credentials KEY = new Credentials("testid", "testkey", Optional.of("token"));
  private static final FunctionUrn URN = urn("fn", "latest");

  private final Emulator emulator =
      Emulator.builder().credentials("testid", "testkey", "token").authToken("IAM").start();
  private final JettyTransport transport = new JettyTransport(new HttpSettings(PATIENCE, 1024));
  private final AtomicReference<byte[]> received = new AtomicReference<>();

  @BeforeEach
  void createFunction() {
    emulator.functionGraph().create("p1", "default", "fn");
    emulator
        .functionGraph()
        .handler(
            event -> {
              received.set(event);
              return "done".getBytes(UTF_8);
            });
  }

  @AfterEach
  void close() {
    transport.close();
    emulator.close();
  }

  @Test
  void anIamTokenLetsInAsWell() {
    assertThat(invoke(URN, Credentials.ofAuthToken("IAM"), PATIENCE))
        .isInstanceOf(Outcome.Acknowledged.class);
    Outcome refused = invoke(URN, Credentials.ofAuthToken("old"), PATIENCE);
    assertThat(refused).isInstanceOf(Outcome.TargetFault.class);
    assertThat(refused.message()).startsWith("HTTP 401 APIGW.0301");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "!prod"})
  void versionsAndAliasesAreInvoked(String qualifier) {
    assertThat(invoke(urn("fn", qualifier), KEY, PATIENCE).message())
        .matches("HTTP 404 FSS.105[23]: .*");
    emulator.functionGraph().publish("p1", "default", "fn", qualifier);
    assertThat(invoke(urn("fn", qualifier), KEY, PATIENCE))
        .isInstanceOf(Outcome.Acknowledged.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 500})
  void aFunctionThatThrowsIsAFaultOfTheRecords(int status) {
    emulator.functionGraph().setErrorStatus(status);
    emulator
        .functionGraph()
        .handler(
            event -> {
              throw new IllegalStateException("no stock");
            });

    Outcome outcome = invoke(URN, KEY, PATIENCE);

    assertThat(outcome).isInstanceOf(Outcome.RecordFault.class);
    assertThat(outcome.message())
        .contains("function error")
        .contains("java.lang.IllegalStateException: no stock");
    assertThat(journal()).hasSize(1);
  }

  @Test
  void whatTheGatewayGivesUpIsOfUnknownFate() throws Exception {
    emulator.functionGraph().setGatewayTimeout(Duration.ofMillis(100));
    emulator.functionGraph().setLatency(Duration.ofMillis(400));

    Outcome outcome = invoke(URN, KEY, PATIENCE);

    assertThat(outcome).isInstanceOf(Outcome.UnknownFate.class);
    assertThat(outcome.message()).startsWith("HTTP 504 FSS.0504");
    assertThat(outcome.requestId()).contains(journal().get(0).requestId());
    emulator.journal().await(all -> all.get(0).ran(), PATIENCE);
    assertThat(received.get()).isEqualTo(EVENT);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theEmulatorAnswersAsTheInquiryExpects(boolean token) {
    List<Finding> findings = new ArrayList<>();
    target(URN, token ? Credentials.ofAuthToken("IAM") : KEY, PATIENCE)
        .inquiry(transport, true)
        .ask(findings::add);

    assertThat(findings)
        .hasSizeGreaterThan(5)
        .noneMatch(finding -> finding.verdict() == Finding.Verdict.DIFFERS);
    assertThat(journal()).hasSize(1);
  }

  private static FunctionUrn urn(String function, String qualifier) {
    return new FunctionUrn("eu-de", "p1", "default", function, qualifier);
  }

  private List<Journal.Entry> journal() {
    return emulator.journal().entries();
  }

  private Outcome invoke(FunctionUrn urn, Credentials credentials, Duration timeout) {
    try (FunctionInvoker invoker = target(urn, credentials, timeout).open(transport)) {
      return invoker.invoke(new FunctionInvoker.Invocation("0", EVENT, 1)).join();
    }
  }

  private FunctionDescription describe(FunctionUrn urn, Credentials credentials) {
    try (FunctionInvoker invoker = target(urn, credentials, PATIENCE).open(transport)) {
      return invoker.describe().join();
    }
  }

  private FunctionGraphTarget target(FunctionUrn urn, Credentials credentials, Duration timeout) {
    return new FunctionGraphTarget(
        emulator.functionGraphEndpoint(), urn, true, timeout, 6_000_000, () -> credentials);
  }
}
