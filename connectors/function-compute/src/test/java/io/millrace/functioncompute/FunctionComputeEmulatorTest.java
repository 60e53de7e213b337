// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.credentials.Credentials;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.FunctionInvoker.Invocation;
import io.millrace.dispatch.Outcome;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.http.HttpSettings;
import io.millrace.http.JettyTransport;
import io.millrace.http.UserAgent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The invoker and the emulator, over real connections. */
@Timeout(60)
final class FunctionComputeEmulatorTest {

  private static final byte[] EVENT = "{\"records\":[{\"eventId\":\"0:1\"}]}".getBytes(UTF_8);

  private final Emulator emulator =
      Emulator.builder().credentials("testid", "testkey", "token").checkClock(true).start();
  private final JettyTransport transport = new JettyTransport(HttpSettings.DEFAULT);
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

  @Test
  void invokesOnce() {
    Outcome outcome = invoke("fn", "testkey", Duration.ofSeconds(20));

    assertThat(outcome).isInstanceOf(Outcome.Acknowledged.class);
    assertThat(outcome.requestId()).isPresent();
    assertThat(received.get()).isEqualTo(EVENT);
    assertThat(journal()).hasSize(1);
    Journal.Entry entry = journal().get(0);
    assertThat(entry.client()).isEqualTo(UserAgent.VALUE);
    assertThat(entry.ran()).isTrue();
    assertThat(outcome.requestId()).contains(entry.requestId());
  }

  @Test
  void aFunctionThatThrowsIsAFaultOfTheRecords() {
    emulator
        .functions()
        .handler(
            event -> {
              throw new IllegalStateException("no stock");
            });

    Outcome outcome = invoke("fn", "testkey", Duration.ofSeconds(20));

    assertThat(outcome).isInstanceOf(Outcome.RecordFault.class);
    assertThat(outcome.message()).contains("InvocationError").contains("no stock");
    assertThat(journal()).hasSize(1);
  }

  @Test
  void wrongSecretsAndMissingFunctionsAreFaultsOfTheTarget() {
    Outcome secret = invoke("fn", "wrong", Duration.ofSeconds(20));
    Outcome function = invoke("nosuch", "testkey", Duration.ofSeconds(20));

    assertThat(secret).isInstanceOf(Outcome.TargetFault.class);
    assertThat(secret.message()).startsWith("HTTP 403 SignatureNotMatch");
    assertThat(function).isInstanceOf(Outcome.TargetFault.class);
    assertThat(function.message()).startsWith("HTTP 404 FunctionNotFound").contains("nosuch");
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
    invoke("fn", "testkey", Duration.ofSeconds(20));
    emulator.functions().faults().add(FaultRule.of(FaultTarget.FUNCTION, fault));

    Outcome outcome = invoke("fn", "testkey", Duration.ofSeconds(1));

    assertThat(outcome.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(journal()).hasSize(2);
  }

  @Test
  void throttling() {
    emulator
        .functions()
        .faults()
        .add(
            FaultRule.of(FaultTarget.FUNCTION, FaultKind.STATUS)
                .withErrorCode("ResourceExhausted"));

    assertThat(invoke("fn", "testkey", Duration.ofSeconds(20)))
        .isInstanceOf(Outcome.Throttled.class);
  }

  @Test
  void tooLarge() {
    emulator.functions().setMaxPayload(10);

    assertThat(invoke("fn", "testkey", Duration.ofSeconds(20)))
        .isInstanceOf(Outcome.TooLarge.class);
  }

  @Test
  void aServiceThatIsDownIsAFaultOfTheTargetAndComesBack() {
    invoke("fn", "testkey", Duration.ofSeconds(20));
    emulator.functions().goDown();

    // The client may not have seen yet that its idle connection was cut.
    await()
        .untilAsserted(
            () ->
                assertThat(invoke("fn", "testkey", Duration.ofSeconds(20)))
                    .isInstanceOf(Outcome.TargetFault.class));
    emulator.functions().comeUp();
    assertThat(invoke("fn", "testkey", Duration.ofSeconds(20)))
        .isInstanceOf(Outcome.Acknowledged.class);
  }

  private List<Journal.Entry> journal() {
    return emulator.journal().entries();
  }

  private Outcome invoke(String function, String secret, Duration timeout) {
    FunctionComputeTarget target =
        new FunctionComputeTarget(
            emulator.functionComputeEndpoint(),
            "",
            "svc",
            function,
            timeout,
            6 << 20,
            () -> new Credentials("testid", secret, Optional.of("token")));
    try (FunctionInvoker invoker = target.open(transport)) {
      return invoker.invoke(new Invocation("0", EVENT, 1)).join();
    }
  }
}
