// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.aliyun.fc20230330.Client;
import com.aliyun.fc20230330.models.GetFunctionRequest;
import com.aliyun.fc20230330.models.InvokeFunctionHeaders;
import com.aliyun.fc20230330.models.InvokeFunctionRequest;
import com.aliyun.fc20230330.models.InvokeFunctionResponse;
import com.aliyun.tea.TeaException;
import com.aliyun.teaopenapi.models.Config;
import io.millrace.emulator.Journal.Entry;
import io.millrace.emulator.function.FunctionLimits;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Function Compute 3.0's unmodified SDK against the emulator. */
@Timeout(300)
class FunctionCompute3SdkTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Emulator emulator;

  @BeforeEach
  void start() {
    emulator = Emulator.builder().credentials("AKID", "AKSECRET", "TOKEN").start();
    emulator.functions().create("fn");
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void invokes() throws Exception {
    emulator
        .functions()
        .handler(event -> new String(event, UTF_8).toUpperCase(Locale.ROOT).getBytes(UTF_8));

    InvokeFunctionResponse response = invoke("fn", "Sync");

    assertThat(response.getStatusCode()).isEqualTo(200);
    assertThat(response.getBody().readAllBytes()).asString(UTF_8).isEqualTo("{\"A\":1}");
    Entry entry = emulator.journal().entries().get(0);
    assertThat(response.getHeaders())
        .containsEntry("x-fc-request-id", entry.requestId())
        .containsKeys("x-fc-invocation-duration", "x-fc-instance-id")
        .doesNotContainKey("x-fc-error-type");
    assertThat(Base64.getDecoder().decode(response.getHeaders().get("x-fc-log-result")))
        .asString(UTF_8)
        .contains("FC Invoke Start RequestId: " + entry.requestId())
        .contains("FC Invoke End RequestId: " + entry.requestId());
    assertThat(entry.service()).isEmpty();
    assertThat(entry.function()).isEqualTo("fn");
    assertThat(entry.succeeded()).isTrue();
  }

  @Test
  void acceptsAnAsynchronousInvocationAndRunsIt() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    emulator
        .functions()
        .handler(
            event -> {
              await(release);
              return event;
            });

    assertThat(invoke("fn", "Async").getStatusCode()).isEqualTo(202);

    assertThat(emulator.journal().open()).isEqualTo(1);
    release.countDown();
    Entry entry =
        emulator.journal().await(entries -> entries.get(0).end().isPresent(), PATIENCE).get(0);
    assertThat(entry.succeeded()).isTrue();
    assertThat(entry.ran()).isTrue();
  }

  @Test
  void reportsAFunctionErrorBehindA200() throws Exception {
    emulator
        .functions()
        .handler(
            event -> {
              throw new IllegalStateException("no stock");
            });

    InvokeFunctionResponse response = invoke("fn", "Sync");

    assertThat(response.getStatusCode()).isEqualTo(200);
    assertThat(response.getHeaders()).containsEntry("x-fc-error-type", "HandledInvocationError");
    assertThat(response.getBody().readAllBytes()).asString(UTF_8).contains("no stock");
  }

  @Test
  void saysNoInTheWordsOf30() throws Exception {
    TeaException missing = catchThrowableOfType(TeaException.class, () -> invoke("nosuch", "Sync"));
    assertThat(missing.getStatusCode()).isEqualTo(404);
    assertThat(missing.getCode()).isEqualTo("FunctionNotFound");
    assertThat(missing.getMessage()).contains("function 'nosuch' does not exist");
    assertThat(missing.getData()).containsKey("RequestId");

    emulator.setKeys(new ServiceKeys("AKID", "OTHER", java.util.Optional.of("TOKEN")));
    TeaException secret = catchThrowableOfType(TeaException.class, () -> invoke("fn", "Sync"));
    assertThat(secret.getStatusCode()).isEqualTo(403);
    assertThat(secret.getCode()).isEqualTo("SignatureNotMatch");
    assertThat(emulator.journal().entries()).noneMatch(Entry::ran);
  }

  @Test
  void refusesWhatIsTooLargeAndTooMuch() throws Exception {
    emulator.functions().setMaxPayload(3);
    TeaException large = catchThrowableOfType(TeaException.class, () -> invoke("fn", "Sync"));
    assertThat(large.getStatusCode()).isEqualTo(400);
    assertThat(large.getCode()).isEqualTo("EntityTooLarge");
    assertThat(large.getMessage()).contains("payload size exceeds maximum allowed size (3 bytes)");

    emulator.functions().setMaxPayload(1 << 20);
    emulator.functions().create("fn", FunctionLimits.DEFAULT.withMaxConcurrency(1));
    CountDownLatch release = new CountDownLatch(1);
    emulator
        .functions()
        .handler(
            event -> {
              await(release);
              return event;
            });
    assertThat(invoke("fn", "Async").getStatusCode()).isEqualTo(202);
    TeaException much = catchThrowableOfType(TeaException.class, () -> invoke("fn", "Sync"));
    release.countDown();
    assertThat(much.getStatusCode()).isEqualTo(429);
    assertThat(much.getCode()).isEqualTo("ResourceExhausted");
  }

  @Test
  void endsAFunctionThatTakesTooLong() throws Exception {
    emulator.functions().create("fn", FunctionLimits.DEFAULT.withTimeout(Duration.ofMillis(300)));
    emulator.functions().setLatency(Duration.ofSeconds(1));

    InvokeFunctionResponse response = invoke("fn", "Sync");

    assertThat(response.getStatusCode()).isEqualTo(200);
    assertThat(response.getHeaders()).containsEntry("x-fc-error-type", "UnhandledInvocationError");
    assertThat(response.getBody().readAllBytes())
        .asString(UTF_8)
        .contains("Function timed out after 0.3 seconds");
  }

  @Test
  void describes() throws Exception {
    emulator
        .functions()
        .create("slow", FunctionLimits.DEFAULT.withTimeout(Duration.ofMillis(2500)));

    var described =
        client().getFunction("slow", new GetFunctionRequest().setQualifier("LATEST")).getBody();

    assertThat(described.getFunctionName()).isEqualTo("slow");
    assertThat(described.getTimeout()).isEqualTo(3);
    assertThat(emulator.journal().entries()).isEmpty();
    TeaException missing =
        catchThrowableOfType(
            TeaException.class, () -> client().getFunction("nosuch", new GetFunctionRequest()));
    assertThat(missing.getCode()).isEqualTo("FunctionNotFound");
  }

  private InvokeFunctionResponse invoke(String function, String type) throws Exception {
    return client()
        .invokeFunctionWithOptions(
            function,
            new InvokeFunctionRequest()
                .setQualifier("LATEST")
                .setBody(new ByteArrayInputStream("{\"a\":1}".getBytes(UTF_8))),
            new InvokeFunctionHeaders().setXFcInvocationType(type).setXFcLogType("Tail"),
            PatientSdk.functionCompute());
  }

  private Client client() throws Exception {
    return new Client(
        new Config()
            .setAccessKeyId("AKID")
            .setAccessKeySecret("AKSECRET")
            .setSecurityToken("TOKEN")
            .setRegionId("local")
            .setEndpoint(emulator.functionComputeEndpoint().getAuthority())
            .setProtocol("HTTP"));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
