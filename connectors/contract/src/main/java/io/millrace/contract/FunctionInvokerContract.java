// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.credentials.Credentials;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.FunctionInvoker.Invocation;
import io.millrace.dispatch.Outcome;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.function.FunctionEmulator;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.http.HttpSettings;
import io.millrace.http.JettyTransport;
import io.millrace.http.UserAgent;
import io.millrace.inquiry.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the core relies on in a {@link FunctionInvoker}, over real connections: an attempt is one
 * request, it never holds its caller up, and how it ended is told as it was.
 */
@Timeout(300)
public abstract class FunctionInvokerContract {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Passes in a test, and is mostly time enough for a request to arrive. */
  private static final Duration SHORT = Duration.ofSeconds(2);

  private static final byte[] EVENT = "{\"records\":[{\"eventId\":\"0:1\"}]}".getBytes(UTF_8);

  private final FunctionStage stage;
  private final Emulator emulator =
      Emulator.builder().credentials("testid", "testkey", "token").start();
  private final JettyTransport transport = new JettyTransport(new HttpSettings(PATIENCE, 1024));
  private final AtomicReference<byte[]> received = new AtomicReference<>();
  private final FunctionEmulator service;

  /**
   * @param stage of the connector
   */
  protected FunctionInvokerContract(FunctionStage stage) {
    this.stage = stage;
    this.service = stage.service(emulator);
  }

  @BeforeEach
  void createFunction() {
    stage.create(emulator, "fn", FunctionLimits.DEFAULT);
    service.handler(
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
  void anAttemptIsOneRequestWithTheEventAsItIs() {
    Outcome outcome = invoke("fn", "testkey", PATIENCE);

    assertThat(outcome).isInstanceOf(Outcome.Acknowledged.class);
    assertThat(received.get()).isEqualTo(EVENT);
    assertThat(journal()).hasSize(1);
    Journal.Entry entry = journal().get(0);
    assertThat(entry.client()).isEqualTo(UserAgent.VALUE);
    assertThat(entry.ran()).isTrue();
    assertThat(outcome.requestId()).contains(entry.requestId());
  }

  @ParameterizedTest
  @CsvSource({
    "DROP_BEFORE, UnknownFate",
    "DROP_AFTER,  UnknownFate",
    "TRUNCATE,    UnknownFate",
    "HTML,        RecordFault",
    "ERROR,       RecordFault",
    "STATUS,      RecordFault",
  })
  void oneRequestForAnAttemptWhateverHappens(FaultKind fault, String kind) {
    // First an answered call, so that the faulty one goes out on a connection that was kept.
    invoke("fn", "testkey", PATIENCE);
    service.faults().add(FaultRule.of(FaultTarget.FUNCTION, fault));

    Outcome outcome = invoke("fn", "testkey", PATIENCE);

    assertThat(outcome.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(journal()).hasSize(2);
  }

  @Test
  void oneRequestForAnAttemptThatHangs() {
    invoke("fn", "testkey", PATIENCE);
    service.faults().add(FaultRule.of(FaultTarget.FUNCTION, FaultKind.HANG));

    TimedOut hung = attemptThatTimesOut();

    assertThat(hung.outcome()).isInstanceOf(Outcome.UnknownFate.class);
    assertThat(journal(hung.event())).hasSize(1);
  }

  @Test
  void aFunctionThatFailsIsAFaultOfTheRecords() {
    service.handler(
        event -> {
          throw new IllegalStateException("no stock");
        });

    Outcome outcome = invoke("fn", "testkey", PATIENCE);

    assertThat(outcome).isInstanceOf(Outcome.RecordFault.class);
    assertThat(outcome.message()).contains("no stock").doesNotContain("\n");
    assertThat(outcome.requestId()).contains(journal().get(0).requestId());
    assertThat(journal()).hasSize(1);
  }

  @Test
  void wrongSecretsAndMissingFunctionsAreFaultsOfTheTarget() {
    Outcome secret = invoke("fn", "wrong", PATIENCE);
    Outcome function = invoke("nosuch", "testkey", PATIENCE);

    assertThat(secret).isInstanceOf(Outcome.TargetFault.class);
    assertThat(secret.message()).startsWith(stage.wrongSecret()).doesNotContain("\n");
    assertThat(function).isInstanceOf(Outcome.TargetFault.class);
    assertThat(function.message()).startsWith(stage.noSuchFunction()).doesNotContain("\n");
    assertThat(received.get()).isNull();
  }

  @Test
  void aRotatedSecretIsPickedUpByTheNextAttempt() {
    Credentials[] keys = {keys("testkey")};
    FunctionInvoker invoker = stage.factory(options("fn", PATIENCE), () -> keys[0]).open(transport);
    assertThat(invoke(invoker)).isInstanceOf(Outcome.Acknowledged.class);
    emulator.setKeys(new ServiceKeys("testid", "rotated", Optional.of("token")));
    assertThat(invoke(invoker)).isInstanceOf(Outcome.TargetFault.class);

    keys[0] = keys("rotated");

    assertThat(invoke(invoker)).isInstanceOf(Outcome.Acknowledged.class);
  }

  @Test
  void throttlingIsNoFaultOfAnybody() {
    service
        .faults()
        .add(FaultRule.of(FaultTarget.FUNCTION, FaultKind.STATUS).withErrorCode(stage.throttled()));

    assertThat(invoke("fn", "testkey", PATIENCE)).isInstanceOf(Outcome.Throttled.class);
  }

  @Test
  void anEventThatTheServiceFindsTooLargeIsToldAsSuch() {
    service.setMaxPayload(10);

    assertThat(invoke("fn", "testkey", PATIENCE)).isInstanceOf(Outcome.TooLarge.class);
    assertThat(received.get()).isNull();
  }

  @Test
  void anEventOfTheLargestSizeIsTaken() {
    FunctionInvoker.Factory factory = factory("fn", "testkey", PATIENCE);
    String frame = "{\"data\":\"\"}";
    byte[] event =
        frame
            .replace("\"\"", '"' + "x".repeat(factory.maxEventSize() - frame.length()) + '"')
            .getBytes(UTF_8);
    assertThat(event).hasSize(factory.maxEventSize());

    Outcome outcome = factory.open(transport).invoke(new Invocation("0", event, 1)).join();

    assertThat(outcome).isInstanceOf(Outcome.Acknowledged.class);
    assertThat(received.get()).isEqualTo(event);
  }

  @Test
  void aLargeResultIsASuccessToo() {
    service.handler(event -> new byte[3_000_000]);

    assertThat(invoke("fn", "testkey", PATIENCE)).isInstanceOf(Outcome.Acknowledged.class);
  }

  @Test
  void aServiceThatIsDownIsAFaultOfTheTargetAndComesBack() {
    invoke("fn", "testkey", PATIENCE);
    service.goDown();

    // The client may not have seen yet that its idle connection was cut.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(invoke("fn", "testkey", PATIENCE))
                    .isInstanceOf(Outcome.TargetFault.class));
    assertThat(invoke("fn", "testkey", PATIENCE).message())
        .contains(service.endpoint().getAuthority());
    service.comeUp();
    assertThat(invoke("fn", "testkey", PATIENCE)).isInstanceOf(Outcome.Acknowledged.class);
  }

  @Test
  void neverHoldsItsCallerUp() {
    CountDownLatch release = handlerThatWaits();
    FunctionInvoker invoker = factory("fn", "testkey", PATIENCE).open(transport);

    List<CompletableFuture<Outcome>> calls =
        IntStream.range(0, 8)
            .mapToObj(shard -> invoker.invoke(new Invocation("" + shard, EVENT, 1)))
            .toList();

    await().atMost(PATIENCE).until(() -> emulator.journal().open() == 8);
    assertThat(calls).noneMatch(CompletableFuture::isDone);
    release.countDown();
    assertThat(calls)
        .allSatisfy(call -> assertThat(call.join()).isInstanceOf(Outcome.Acknowledged.class));
    assertThat(journal()).hasSize(8);
  }

  @Test
  void aCallIsGivenUpAfterTheTimeoutAndNotBefore() {
    CountDownLatch release = handlerThatWaits();
    assertThat(factory("fn", "testkey", SHORT).timeout()).isEqualTo(SHORT);

    TimedOut givenUp = attemptThatTimesOut();

    assertThat(givenUp.outcome()).isInstanceOf(Outcome.UnknownFate.class);
    assertThat(givenUp.took()).isGreaterThanOrEqualTo(givenUp.timeout());
    assertThat(journal(givenUp.event()))
        .as("the function runs on")
        .singleElement()
        .matches(entry -> entry.end().isEmpty());
    release.countDown();
  }

  /** How an attempt ended whose time was up while its function ran. */
  private record TimedOut(String event, Duration timeout, Duration took, Outcome outcome) {}

  /**
   * Makes one. An attempt that did not arrive within its time, on a machine that had other things
   * to do, says nothing of those that do: another one is made, with twice the time.
   */
  private TimedOut attemptThatTimesOut() {
    for (Duration timeout = SHORT; ; timeout = timeout.multipliedBy(2)) {
      String event = "{\"timeout\":" + timeout.toMillis() + "}";
      try (FunctionInvoker invoker = factory("fn", "testkey", timeout).open(transport)) {
        long start = System.nanoTime();
        CompletableFuture<Outcome> attempt =
            invoker.invoke(new Invocation("0", event.getBytes(UTF_8), 1));
        await().atMost(PATIENCE).until(() -> attempt.isDone() || !journal(event).isEmpty());
        boolean arrived = !attempt.isDone();
        Outcome outcome = attempt.join();
        if (arrived) {
          Duration took = Duration.ofNanos(System.nanoTime() - start);
          return new TimedOut(event, timeout, took, outcome);
        }
      }
    }
  }

  @Test
  void whatIsUnderWayWhenTheTransportClosesIsOfUnknownFate() {
    CountDownLatch release = handlerThatWaits();
    CompletableFuture<Outcome> call =
        factory("fn", "testkey", PATIENCE).open(transport).invoke(new Invocation("0", EVENT, 1));
    await().atMost(PATIENCE).until(() -> emulator.journal().open() == 1);

    transport.close();

    assertThat(call).succeedsWithin(PATIENCE).isInstanceOf(Outcome.UnknownFate.class);
    release.countDown();
  }

  @Test
  void describesAndRunsNothing() {
    stage.create(emulator, "slow", FunctionLimits.DEFAULT.withTimeout(Duration.ofSeconds(90)));

    assertThat(describe("slow", "testkey"))
        .isEqualTo(new FunctionDescription.Known(Duration.ofSeconds(90)));
    assertThat(describe("nosuch", "testkey")).isInstanceOf(FunctionDescription.Refused.class);
    assertThat(describe("slow", "wrong")).isInstanceOf(FunctionDescription.Refused.class);
    service
        .faults()
        .add(
            FaultRule.of(FaultTarget.FUNCTION, FaultKind.STATUS)
                .withErrorCode(stage.forbidden())
                .onOperation("getFunction"));
    assertThat(describe("slow", "testkey")).isInstanceOf(FunctionDescription.Withheld.class);
    service.goDown();
    assertThat(describe("slow", "testkey")).isInstanceOf(FunctionDescription.Refused.class);
    assertThat(journal()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theEmulatorAnswersAsTheInquiryExpects(boolean mayInvoke) {
    List<Finding> findings = new ArrayList<>();
    factory("fn", "testkey", PATIENCE).inquiry(transport, mayInvoke).ask(findings::add);

    assertThat(findings)
        .hasSizeGreaterThan(4)
        .noneMatch(finding -> finding.verdict() == Finding.Verdict.DIFFERS);
    assertThat(journal()).hasSize(mayInvoke ? 1 : 0);
  }

  private CountDownLatch handlerThatWaits() {
    CountDownLatch release = new CountDownLatch(1);
    service.handler(
        event -> {
          try {
            assertThat(release.await(240, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return event;
        });
    return release;
  }

  private List<Journal.Entry> journal() {
    return emulator.journal().entries();
  }

  private List<Journal.Entry> journal(String event) {
    return journal().stream().filter(entry -> entry.body().equals(event)).toList();
  }

  private Outcome invoke(String function, String secret, Duration timeout) {
    try (FunctionInvoker invoker = factory(function, secret, timeout).open(transport)) {
      return invoke(invoker);
    }
  }

  private static Outcome invoke(FunctionInvoker invoker) {
    return invoker.invoke(new Invocation("0", EVENT, 1)).join();
  }

  private FunctionDescription describe(String function, String secret) {
    try (FunctionInvoker invoker = factory(function, secret, PATIENCE).open(transport)) {
      return invoker.describe().join();
    }
  }

  private FunctionInvoker.Factory factory(String function, String secret, Duration timeout) {
    return stage.factory(options(function, timeout), () -> keys(secret));
  }

  private Map<String, String> options(String function, Duration timeout) {
    Map<String, String> options = new HashMap<>(stage.options(service.endpoint(), function));
    options.put("function.timeout", timeout.toMillis() + " ms");
    return options;
  }

  private static Credentials keys(String secret) {
    return new Credentials("testid", secret, Optional.of("token"));
  }
}
