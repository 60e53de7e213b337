// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyuncs.fc.client.AsyncClient;
import com.aliyuncs.fc.client.FunctionComputeClient;
import com.aliyuncs.fc.config.Config;
import com.aliyuncs.fc.constants.Const;
import com.aliyuncs.fc.exceptions.ClientException;
import com.aliyuncs.fc.exceptions.ServerException;
import com.aliyuncs.fc.request.GetFunctionRequest;
import com.aliyuncs.fc.request.InvokeFunctionRequest;
import com.aliyuncs.fc.response.GetFunctionResponse;
import com.aliyuncs.fc.response.InvokeFunctionResponse;
import io.millrace.emulator.Journal.Entry;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.function.FunctionLimits;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Function Compute's unmodified SDK against the emulator. */
class FunctionComputeSdkTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Emulator emulator;
  private FunctionComputeClient client;

  @BeforeEach
  void start() {
    emulator = Emulator.builder().credentials("AKID", "AKSECRET", "TOKEN").start();
    emulator.functions().create("svc", "fn");
    client = new FunctionComputeClient(config("AKSECRET"));
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void invokes() {
    emulator
        .functions()
        .handler(event -> new String(event, UTF_8).toUpperCase(Locale.ROOT).getBytes(UTF_8));
    InvokeFunctionRequest request = request("fn", "{\"a\":1}");
    request.setLogType("Tail");
    InvokeFunctionResponse response = client.invokeFunction(request);
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getContent()).asString(UTF_8).isEqualTo("{\"A\":1}");
    assertThat(response.getRequestId()).hasSize(36);
    assertThat(response.getLogResult())
        .contains("FC Invoke Start RequestId: " + response.getRequestId())
        .contains("FC Invoke End RequestId: " + response.getRequestId());
    assertThat(response.getHeader("X-Fc-Error-Type")).isNull();
    assertThat(response.getHeader("X-Fc-Invocation-Duration")).isNotNull();

    Entry entry = emulator.journal().entries().get(0);
    assertThat(entry.requestId()).isEqualTo(response.getRequestId());
    assertThat(entry.body()).isEqualTo("{\"a\":1}");
    assertThat(entry.service()).isEqualTo("svc");
    assertThat(entry.function()).isEqualTo("fn");
    assertThat(entry.client()).isEqualTo("java-sdk-1.8.25");
    assertThat(entry.remote()).startsWith("127.0.0.1:");
    assertThat(entry.succeeded()).isTrue();
    assertThat(entry.end()).isPresent();
    assertThat(entry.end().getAsLong()).isGreaterThanOrEqualTo(entry.start());
  }

  @Test
  void invokesAQualifiedFunctionWithoutAnEvent() {
    InvokeFunctionRequest request = new InvokeFunctionRequest("svc", "fn");
    request.setQualifier("v1");
    assertThatThrownBy(() -> client.invokeFunction(request))
        .hasMessageContaining("alias 'v1' does not exist");

    emulator.functions().publishService("svc", "v1");
    InvokeFunctionResponse response = client.invokeFunction(request);
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getHeader("X-Fc-Invocation-Service-Version")).isEqualTo("v1");
  }

  @Test
  void invokesThroughTheAsynchronousClient() throws Exception {
    AsyncClient async = new AsyncClient(config("AKSECRET"));
    try {
      Future<InvokeFunctionResponse> future = async.invokeFunction(request("fn", "{}"), null);
      assertThat(future.get(120, TimeUnit.SECONDS).getStatus()).isEqualTo(200);
    } finally {
      async.close();
    }
  }

  @Test
  void acceptsAnAsynchronousInvocation() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    emulator
        .functions()
        .handler(
            event -> {
              await(release);
              return event;
            });
    InvokeFunctionRequest request = request("fn", "{}");
    request.setInvocationType(Const.INVOCATION_TYPE_ASYNC);
    assertThat(client.invokeFunction(request).getStatus()).isEqualTo(202);
    assertThat(emulator.journal().open()).isEqualTo(1);
    release.countDown();
    Entry entry =
        emulator.journal().await(entries -> entries.get(0).end().isPresent(), PATIENCE).get(0);
    assertThat(entry.status()).isEqualTo(202);
    assertThat(entry.succeeded()).isTrue();
  }

  @Test
  void describes() {
    emulator
        .functions()
        .create("svc", "slow", FunctionLimits.DEFAULT.withTimeout(Duration.ofSeconds(90)));
    GetFunctionResponse described = client.getFunction(new GetFunctionRequest("svc", "slow"));
    assertThat(described.getFunctionName()).isEqualTo("slow");
    assertThat(described.getTimeout()).isEqualTo(90);
    assertThat(emulator.journal().entries()).isEmpty();
    assertThatThrownBy(() -> client.getFunction(new GetFunctionRequest("svc", "nosuch")))
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.getErrorCode()).isEqualTo("FunctionNotFound"));
  }

  @Test
  void reportsAFunctionErrorBehindA200() {
    emulator
        .functions()
        .handler(
            event -> {
              throw new IllegalStateException("no stock");
            });
    InvokeFunctionResponse response = client.invokeFunction(request("fn", "{}"));
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getHeader("X-Fc-Error-Type")).isEqualTo("HandledInvocationError");
    assertThat(response.getContent())
        .asString(UTF_8)
        .contains("\"errorMessage\":\"no stock\"")
        .contains("\"errorType\":\"java.lang.IllegalStateException\"");
    assertThat(emulator.journal().entries().get(0).outcome()).isEqualTo("error");
  }

  @Test
  void endsAFunctionThatTakesTooLong() {
    CountDownLatch never = new CountDownLatch(1);
    emulator
        .functions()
        .create("svc", "slow", FunctionLimits.DEFAULT.withTimeout(Duration.ofMillis(300)));
    emulator
        .functions()
        .handler(
            event -> {
              await(never);
              return event;
            });
    InvokeFunctionResponse response = client.invokeFunction(request("slow", "{}"));
    assertThat(response.getHeader("X-Fc-Error-Type")).isEqualTo("UnhandledInvocationError");
    assertThat(response.getContent())
        .asString(UTF_8)
        .contains("Function timed out after 0.3 seconds");
    never.countDown();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertRefused("nofunc", 404, "FunctionNotFound");
    assertThatThrownBy(() -> client.invokeFunction(new InvokeFunctionRequest("nosvc", "fn")))
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.getErrorCode()).isEqualTo("ServiceNotFound"));
    emulator.functions().delete("svc", "fn");
    assertRefused("fn", 404, "FunctionNotFound");
    assertThat(emulator.journal().entries())
        .hasSize(3)
        .allSatisfy(
            entry -> {
              assertThat(entry.outcome()).isEqualTo("refused");
              assertThat(entry.ran()).isFalse();
              assertThat(entry.answered()).isTrue();
              assertThat(entry.status()).isEqualTo(404);
            });
  }

  @Test
  void refusesAWrongSecretUntilItIsRight() {
    client = new FunctionComputeClient(config("WRONG"));
    assertRefused("fn", 403, "SignatureNotMatch");
    emulator.setKeys(new ServiceKeys("AKID", "WRONG", emulator.keys().securityToken()));
    assertThat(client.invokeFunction(request("fn", "{}")).getStatus()).isEqualTo(200);
  }

  @Test
  void refusesAnEventThatIsTooLarge() {
    emulator.functions().setMaxPayload(1000);
    assertThat(client.invokeFunction(request("fn", "x".repeat(1000))).getStatus()).isEqualTo(200);
    assertThatThrownBy(() -> client.invokeFunction(request("fn", "x".repeat(1001))))
        .isInstanceOfSatisfying(
            ClientException.class,
            e -> {
              assertThat(e.getErrorCode()).isEqualTo("EntityTooLarge");
              assertThat(e.getStatusCode()).isEqualTo(400);
              assertThat(e.getMessage())
                  .contains("payload size exceeds maximum allowed size (1000 bytes)");
            });
  }

  @Test
  void refusesMoreInvocationsAtATimeThanAllowed() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    emulator.functions().create("svc", "one", FunctionLimits.DEFAULT.withMaxConcurrency(1));
    emulator
        .functions()
        .handler(
            event -> {
              await(release);
              return event;
            });
    AsyncClient async = new AsyncClient(config("AKSECRET"));
    try {
      Future<InvokeFunctionResponse> first = async.invokeFunction(request("one", "{}"), null);
      emulator.journal().awaitSize(1, PATIENCE);
      assertRefused("one", 429, "ResourceExhausted");
      release.countDown();
      assertThat(first.get(120, TimeUnit.SECONDS).getStatus()).isEqualTo(200);
      assertThat(client.invokeFunction(request("one", "{}")).getStatus()).isEqualTo(200);
    } finally {
      release.countDown();
      async.close();
    }
  }

  @Test
  void refusesADateThatIsOffOnlyIfTold() {
    Clock later = Clock.offset(Clock.system(ZoneOffset.UTC), Duration.ofMinutes(16));
    try (Emulator strict = started(Emulator.builder().clock(later));
        Emulator lenient = started(Emulator.builder().clock(later).checkClock(false))) {
      client = new FunctionComputeClient(config(strict, "testid", "testkey", null));
      assertRefused("fn", 403, "AccessDenied");
      client = new FunctionComputeClient(config(lenient, "testid", "testkey", null));
      assertThat(client.invokeFunction(request("fn", "{}")).getStatus()).isEqualTo(200);
    }
  }

  @Test
  void sdkSendsAServerErrorThreeTimes() {
    emulator
        .functions()
        .faults()
        .add(FaultRule.of(FaultTarget.FUNCTION, FaultKind.STATUS).withStatus(503));
    assertThatThrownBy(() -> client.invokeFunction(request("fn", "{}")))
        .isInstanceOfSatisfying(
            ServerException.class,
            e -> {
              assertThat(e.getStatusCode()).isEqualTo(503);
              assertThat(e.getErrorCode()).isEqualTo("ResourceThrottled");
            });
    assertThat(emulator.journal().size()).isEqualTo(3);
  }

  @Test
  void printsEvents() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    emulator.functions().printTo(new PrintStream(out, true, UTF_8));
    client.invokeFunction(request("fn", "{\"records\":[]}"));
    assertThat(out.toString(UTF_8)).isEqualToIgnoringNewLines("{\"records\":[]}");
  }

  private void assertRefused(String function, int status, String code) {
    assertThatThrownBy(() -> client.invokeFunction(request(function, "{}")))
        .isInstanceOfSatisfying(
            ClientException.class,
            e -> {
              assertThat(e.getStatusCode()).isEqualTo(status);
              assertThat(e.getErrorCode()).isEqualTo(code);
              assertThat(e.getRequestId()).hasSize(36);
            });
  }

  private static Emulator started(Emulator.Builder builder) {
    Emulator started = builder.start();
    started.functions().create("svc", "fn");
    return started;
  }

  private static InvokeFunctionRequest request(String function, String event) {
    InvokeFunctionRequest request = new InvokeFunctionRequest("svc", function);
    request.setPayload(event.getBytes(UTF_8));
    return request;
  }

  private Config config(String secret) {
    return config(emulator, "AKID", secret, "TOKEN");
  }

  private static Config config(Emulator of, String id, String secret, String token) {
    Config config = new Config("cn-hangzhou", "1234567890", id, secret, token, false);
    config.setEndpoint(of.functionComputeEndpoint().toString());
    return config;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
