// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.credentials.Credentials;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.http.HttpSettings;
import io.millrace.http.JettyTransport;
import io.millrace.http.UserAgent;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The invoker and the emulator, over real connections. */
@Timeout(60)
final class FunctionGraphEmulatorTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final byte[] EVENT = "{\"ShardID\":\"shardId-0000000000\"}".getBytes(UTF_8);
  private static final Credentials KEY = new Credentials("testid", "testkey", Optional.of("token"));
  private static final FunctionUrn URN = urn("fn", "latest");

  private final Emulator emulator =
      Emulator.builder().credentials("testid", "testkey", "token").authToken("IAM").start();
  private final JettyTransport transport = new JettyTransport(HttpSettings.DEFAULT);
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
  void invokesOnce() {
    Outcome outcome = invoke(URN, KEY, PATIENCE);

    assertThat(outcome).isInstanceOf(Outcome.Acknowledged.class);
    assertThat(received.get()).isEqualTo(EVENT);
    assertThat(journal()).hasSize(1);
    Journal.Entry entry = journal().get(0);
    assertThat(entry.client()).isEqualTo(UserAgent.VALUE);
    assertThat(entry.ran()).isTrue();
    assertThat(outcome.requestId()).contains(entry.requestId());
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
  void wrongSecretsAndMissingFunctionsAreFaultsOfTheTarget() {
    Outcome secret =
        invoke(URN, new Credentials("testid", "wrong", Optional.of("token")), PATIENCE);
    Outcome function = invoke(urn("nosuch", "latest"), KEY, PATIENCE);

    assertThat(secret).isInstanceOf(Outcome.TargetFault.class);
    assertThat(secret.message()).startsWith("HTTP 401 APIGW.0301");
    assertThat(function).isInstanceOf(Outcome.TargetFault.class);
    assertThat(function.message()).startsWith("HTTP 404 FSS.1051");
  }

  @ParameterizedTest
  @CsvSource({
    "DROP_BEFORE, UnknownFate",
    "DROP_AFTER,  UnknownFate",
    "TRUNCATE,    UnknownFate",
    "HANG,        UnknownFate",
    "HTML,        RecordFault",
    "ERROR,       RecordFault",
    "STATUS,      RecordFault",
  })
  void oneRequestForAnAttemptWhateverHappens(FaultKind fault, String kind) {
    // First an answered call, so that the faulty one goes out on a connection that was kept.
    invoke(URN, KEY, PATIENCE);
    emulator.functionGraph().faults().add(FaultRule.of(FaultTarget.FUNCTION, fault));

    Outcome outcome = invoke(URN, KEY, Duration.ofSeconds(1));

    assertThat(outcome.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(journal()).hasSize(2);
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

  @Test
  void describes() {
    emulator
        .functionGraph()
        .create(
            "p1", "default", "slow", FunctionLimits.DEFAULT.withTimeout(Duration.ofSeconds(90)));

    assertThat(describe(urn("slow", "latest"), KEY))
        .isEqualTo(new FunctionDescription.Known(Duration.ofSeconds(90)));
    assertThat(describe(urn("nosuch", "latest"), KEY))
        .isInstanceOf(FunctionDescription.Refused.class);
    assertThat(describe(URN, Credentials.ofAuthToken("old")))
        .isInstanceOf(FunctionDescription.Refused.class);
    emulator
        .functionGraph()
        .faults()
        .add(
            FaultRule.of(FaultTarget.FUNCTION, FaultKind.STATUS)
                .withErrorCode("FSS.0403")
                .onOperation("getFunction"));
    assertThat(describe(URN, KEY)).isInstanceOf(FunctionDescription.Withheld.class);
    assertThat(journal()).isEmpty();
  }

  @Test
  void throttling() {
    emulator
        .functionGraph()
        .faults()
        .add(FaultRule.of(FaultTarget.FUNCTION, FaultKind.STATUS).withErrorCode("FSS.0429"));

    assertThat(invoke(URN, KEY, PATIENCE)).isInstanceOf(Outcome.Throttled.class);
  }

  @Test
  void tooLarge() {
    emulator.functionGraph().setMaxPayload(10);

    assertThat(invoke(URN, KEY, PATIENCE)).isInstanceOf(Outcome.TooLarge.class);
  }

  @Test
  void aLargeResultIsASuccessToo() {
    emulator.functionGraph().handler(event -> new byte[3_000_000]);

    assertThat(invoke(URN, KEY, PATIENCE)).isInstanceOf(Outcome.Acknowledged.class);
  }

  @Test
  void aServiceThatIsDownIsAFaultOfTheTargetAndComesBack() {
    invoke(URN, KEY, PATIENCE);
    emulator.functionGraph().goDown();

    // The client may not have seen yet that its idle connection was cut.
    await()
        .untilAsserted(
            () -> assertThat(invoke(URN, KEY, PATIENCE)).isInstanceOf(Outcome.TargetFault.class));
    emulator.functionGraph().comeUp();
    assertThat(invoke(URN, KEY, PATIENCE)).isInstanceOf(Outcome.Acknowledged.class);
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
