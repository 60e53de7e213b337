// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.credentials.Credentials;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.functioncompute.FunctionComputeOptions.Invocation;
import io.millrace.http.HttpSettings;
import io.millrace.http.JettyTransport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The invoker and the emulator, over real connections. */
@Timeout(300)
final class FunctionComputeEmulatorTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final byte[] EVENT = "{\"records\":[{\"eventId\":\"0:1\"}]}".getBytes(UTF_8);

  private final Emulator emulator =
      Emulator.builder().credentials("testid", "testkey", "token").checkClock(true).start();
  private final JettyTransport transport = new JettyTransport(new HttpSettings(PATIENCE, 1024));
  private final AtomicReference<byte[]> received = new AtomicReference<>();

  @BeforeEach
  void createFunction() {
    emulator.functions().create("svc", "fn");
    emulator
        .functions()
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

  @ParameterizedTest
  @CsvSource({"403, TargetFault", "429, Throttled"})
  void aRefusalWithAnErrorTypeIsNoFaultOfTheRecords(int status, String kind) {
    emulator
        .functions()
        .faults()
        .add(
            FaultRule.of(FaultTarget.FUNCTION, FaultKind.STATUS)
                .withStatus(status)
                .withErrorType("FcCommonError"));

    Outcome outcome = invoke("fn", "testkey", PATIENCE);

    assertThat(outcome.getClass().getSimpleName()).isEqualTo(kind);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "prod"})
  void invokesAndDescribesUnderVersion3(String qualifier) {
    FunctionApi api = new Api2023("fn3", qualifier);
    assertThat(invoke(api, "testkey", PATIENCE, Invocation.sync).message())
        .startsWith("HTTP 404 FunctionNotFound");

    emulator.functions().create("fn3");
    emulator.functions().publishFunction("fn3", "prod");
    Outcome outcome = invoke(api, "testkey", PATIENCE, Invocation.sync);

    assertThat(outcome).isInstanceOf(Outcome.Acknowledged.class);
    assertThat(outcome.requestId()).contains(journal().get(1).requestId());
    assertThat(received.get()).isEqualTo(EVENT);
    assertThat(describe(api, "testkey"))
        .isEqualTo(new FunctionDescription.Known(Duration.ofMinutes(10)));
    assertThat(invoke(api, "wrong", PATIENCE, Invocation.sync).message())
        .startsWith("HTTP 403 SignatureNotMatch");
    assertThat(journal()).hasSize(3);
  }

  @Test
  void aVersionOrAliasThatIsNotThereIsTheTargetsFault() {
    emulator.functions().create("fn3");

    assertThat(invoke(new Api2023("fn3", "prud"), "testkey", PATIENCE, Invocation.sync))
        .isInstanceOf(Outcome.TargetFault.class)
        .extracting(Outcome::message)
        .asString()
        .startsWith("HTTP 404 AliasNotFound");
    assertThat(invoke(new Api2023("nosuch", ""), "testkey", PATIENCE, Invocation.sync).message())
        .startsWith("HTTP 404 FunctionNotFound")
        .contains("nosuch");
    assertThat(describe(new Api2023("fn3", "7"), "testkey"))
        .isInstanceOf(FunctionDescription.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAsynchronousInvocationRunsLater(boolean version3) throws Exception {
    emulator.functions().create("fn");
    CountDownLatch release = new CountDownLatch(1);
    emulator
        .functions()
        .handler(
            event -> {
              received.set(event);
              try {
                release.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return event;
            });
    FunctionApi api = version3 ? new Api2023("fn", "") : new Api2016("", "svc", "fn");

    Outcome outcome = invoke(api, "testkey", PATIENCE, Invocation.async);

    assertThat(outcome).isInstanceOf(Outcome.Acknowledged.class);
    assertThat(emulator.journal().open()).isEqualTo(1);
    release.countDown();
    emulator.journal().await(entries -> entries.get(0).succeeded(), PATIENCE);
    assertThat(received.get()).isEqualTo(EVENT);
  }

  @Test
  void aFailureShowsTheWholeTailOfTheLog() {
    emulator
        .functions()
        .handler(
            event -> {
              throw new IllegalStateException("x".repeat(10_000));
            });

    Outcome outcome = invoke("fn", "testkey", PATIENCE);

    assertThat(outcome).isInstanceOf(Outcome.RecordFault.class);
    assertThat(outcome.message()).contains("; log: ").hasSizeLessThan(2000);
  }

  private List<Journal.Entry> journal() {
    return emulator.journal().entries();
  }

  private Outcome invoke(String function, String secret, Duration timeout) {
    return invoke(new Api2016("", "svc", function), secret, timeout, Invocation.sync);
  }

  private Outcome invoke(FunctionApi api, String secret, Duration timeout, Invocation kind) {
    try (FunctionInvoker invoker = target(api, secret, timeout, kind).open(transport)) {
      return invoker.invoke(new FunctionInvoker.Invocation("0", EVENT, 1)).join();
    }
  }

  private FunctionDescription describe(FunctionApi api, String secret) {
    try (FunctionInvoker invoker = target(api, secret, PATIENCE, Invocation.sync).open(transport)) {
      return invoker.describe().join();
    }
  }

  private FunctionComputeTarget target(
      FunctionApi api, String secret, Duration timeout, Invocation kind) {
    return new FunctionComputeTarget(
        emulator.functionComputeEndpoint(),
        api,
        kind,
        true,
        timeout,
        6 << 20,
        () -> new Credentials("testid", secret, Optional.of("token")),
        List.of());
  }
}
