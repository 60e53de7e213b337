// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.exception.ClientRequestException;
import com.huaweicloud.sdk.core.exception.ServerResponseException;
import com.huaweicloud.sdk.core.exception.ServiceResponseException;
import com.huaweicloud.sdk.core.http.HttpConfig;
import com.huaweicloud.sdk.functiongraph.v2.FunctionGraphClient;
import com.huaweicloud.sdk.functiongraph.v2.model.AsyncInvokeFunctionRequest;
import com.huaweicloud.sdk.functiongraph.v2.model.InvokeFunctionRequest;
import com.huaweicloud.sdk.functiongraph.v2.model.InvokeFunctionResponse;
import com.huaweicloud.sdk.functiongraph.v2.model.ListFunctionResult;
import com.huaweicloud.sdk.functiongraph.v2.model.ListFunctionsRequest;
import com.huaweicloud.sdk.functiongraph.v2.model.ShowFunctionConfigRequest;
import com.huaweicloud.sdk.functiongraph.v2.model.ShowFunctionConfigResponse;
import io.millrace.emulator.Journal.Entry;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.function.FunctionLimits;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FunctionGraph's SDK, unmodified, against the emulator. */
class FunctionGraphSdkTest {

  private static final String PROJECT = "p0000000000000000000000000000001";
  private static final String URN = "urn:fss:eu-de:" + PROJECT + ":function:default:distest:latest";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Emulator emulator;
  private FunctionGraphClient client;

  @BeforeEach
  void start() {
    emulator = Emulator.builder().credentials("AKTEST", "SKTEST").start();
    emulator.functionGraph().create(PROJECT, "default", "distest");
    client = client(new BasicCredentials().withAk("AKTEST").withSk("SKTEST"));
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  private FunctionGraphClient client(BasicCredentials credentials) {
    return FunctionGraphClient.newBuilder()
        .withCredential(credentials.withProjectId(PROJECT))
        .withHttpConfig(HttpConfig.getDefaultHttpConfig())
        .withEndpoint(emulator.functionGraphEndpoint().toString())
        .build();
  }

  private static Map<String, Object> event() {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("ShardID", "shardId-0000000003");
    event.put("StreamName", "dis-sÜtest");
    return event;
  }

  private InvokeFunctionResponse invoke(String urn) {
    return client.invokeFunction(
        new InvokeFunctionRequest()
            .withFunctionUrn(urn)
            .withXCffLogType("tail")
            .withXCFFRequestVersion("v1")
            .withBody(event()));
  }

  @Test
  void invokesAFunctionAndReadsItsResult() {
    emulator.functionGraph().handler(event -> ("got " + new String(event, UTF_8)).getBytes(UTF_8));

    InvokeFunctionResponse answer = invoke(URN);

    assertThat(answer.getHttpStatusCode()).isEqualTo(200);
    assertThat(answer.getStatus()).isEqualTo(200);
    assertThat(answer.getResult()).startsWith("got {\"ShardID\":\"shardId-0000000003\"");
    assertThat(answer.getRequestId()).isNotEmpty().isEqualTo(answer.getXCffRequestId());
    assertThat(answer.getLog()).contains("Start invoke request '" + answer.getRequestId());
    Entry entry = emulator.journal().entries().get(0);
    assertThat(entry.succeeded()).isTrue();
    assertThat(entry.service()).isEqualTo("default");
    assertThat(entry.function()).isEqualTo("distest");
    assertThat(entry.requestId()).isEqualTo(answer.getRequestId());
    assertThat(entry.body()).isEqualTo(answer.getResult().substring(4));
  }

  @Test
  void withoutAVersionTheResultIsTheAnswer() {
    emulator.functionGraph().handler(event -> "text".getBytes(UTF_8));
    assertThatThrownBy(
            () ->
                client.invokeFunction(
                    new InvokeFunctionRequest().withFunctionUrn(URN).withBody(event())))
        .isInstanceOf(ServerResponseException.class)
        .hasMessageContaining("json parse error");
  }

  @Test
  void invokesLater() throws Exception {
    assertThat(
            client
                .asyncInvokeFunction(
                    new AsyncInvokeFunctionRequest().withFunctionUrn(URN).withBody(event()))
                .getRequestId())
        .isNotEmpty();
    List<Entry> entries = emulator.journal().await(all -> all.get(0).succeeded(), PATIENCE);
    assertThat(entries.get(0).status()).isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "distest",
        "default:distest",
        PROJECT + ":default:distest",
        PROJECT + ":default:distest:latest",
        PROJECT + ":default:distest:!prod",
        "urn:fss:eu-de:" + PROJECT + ":function:default:distest",
        "urn:fss:eu-de:" + PROJECT + ":function:default:distest:v1",
        "urn:fss:eu-de:" + PROJECT + ":function:default:distest:!prod"
      })
  void knowsAFunctionByEveryFormOfItsName(String urn) {
    emulator.functionGraph().publish(PROJECT, "default", "distest", "v1");
    emulator.functionGraph().publish(PROJECT, "default", "distest", "!prod");
    assertThat(invoke(urn).getStatus()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "other, 404, FSS.1051",
    "distest:other, 404, FSS.1051",
    "urn:fss:eu-de:p0000000000000000000000000000001:function:default:distest:v2, 404, FSS.1052",
    "urn:fss:eu-de:p0000000000000000000000000000001:function:default:distest:!no, 404, FSS.1053",
    "urn:fss:eu-de:p2:function:default:distest, 403, FSS.0403",
    "urn:fsx:eu-de:p0000000000000000000000000000001:function:default:distest, 400, FSS.1309",
    "a:b:c:d:e, 400, FSS.1309",
    "default:, 400, FSS.1309"
  })
  void refusesWhatIsNotThere(String urn, int status, String code) {
    assertRefused(() -> invoke(urn), status, code);
    Entry entry = emulator.journal().entries().get(0);
    assertThat(entry.outcome()).isEqualTo("refused");
    assertThat(entry.ran()).isFalse();
  }

  @Test
  void whatAFunctionThrowsIsBehindA200() {
    emulator
        .functionGraph()
        .handler(
            event -> {
              throw new IllegalStateException("no stock");
            });

    InvokeFunctionResponse answer = invoke(URN);

    assertThat(answer.getHttpStatusCode()).isEqualTo(200);
    assertThat(answer.getStatus()).isEqualTo(500);
    assertThat(answer.getResult())
        .contains("\"errorMessage\":\"no stock\"")
        .contains("\"errorType\":\"java.lang.IllegalStateException\"");
    assertThat(emulator.journal().entries().get(0).outcome()).isEqualTo("error");

    emulator.functionGraph().setErrorStatus(500);
    assertThatThrownBy(() -> invoke(URN)).isInstanceOf(ServerResponseException.class);
  }

  @Test
  void refusesWhatIsTooLarge() {
    emulator.functionGraph().setMaxPayload(20);
    assertRefused(() -> invoke(URN), 413, "FSS.0413");
  }

  @Test
  void refusesMoreThanMayRun() {
    emulator
        .functionGraph()
        .create(PROJECT, "default", "distest", FunctionLimits.DEFAULT.withMaxConcurrency(1));
    long fault = emulator.functionGraph().faults().add(rule(FaultKind.HANG).times(1));
    var unused =
        client.asyncInvokeFunction(
            new AsyncInvokeFunctionRequest().withFunctionUrn(URN).withBody(event()));
    assertRefused(() -> invoke(URN), 429, "FSS.0429");
    emulator.functionGraph().faults().remove(fault);
  }

  @Test
  void theGatewayGivesUpWhileTheFunctionRunsOn() throws Exception {
    emulator.functionGraph().setGatewayTimeout(Duration.ofMillis(200));
    CompletableFuture<byte[]> end = new CompletableFuture<>();
    emulator.functionGraph().handler(event -> end.join());

    assertRefused(() -> invoke(URN), 504, "FSS.0504");
    assertThat(emulator.journal().open()).isEqualTo(1);
    end.complete(new byte[0]);
    Entry entry = emulator.journal().await(all -> all.get(0).end().isPresent(), PATIENCE).get(0);
    assertThat(entry.outcome()).isEqualTo("gateway-timeout");
    assertThat(entry.status()).isEqualTo(504);
    assertThat(entry.ran()).isTrue();
  }

  @Test
  void faultsStrikeAsTheyDoElsewhere() {
    emulator.functionGraph().faults().add(rule(FaultKind.STATUS).withStatus(503).times(1));
    assertRefused(() -> invoke(URN), 503, "FSS.0503");
    emulator
        .functionGraph()
        .faults()
        .add(rule(FaultKind.STATUS).withErrorCode("FSS.1169").times(1));
    assertRefused(() -> invoke(URN), 503, "FSS.1169");
    emulator
        .functionGraph()
        .faults()
        .add(rule(FaultKind.ERROR).onShard("shardId-0000000003").times(1));
    assertThat(invoke(URN).getStatus()).isEqualTo(500);
    emulator.functionGraph().faults().add(rule(FaultKind.ERROR).onShard("shardId-0000000004"));
    assertThat(invoke(URN).getStatus()).isEqualTo(200);
  }

  private static FaultRule rule(FaultKind kind) {
    return FaultRule.of(FaultTarget.FUNCTION, kind);
  }

  @Test
  void describesAndListsFunctions() {
    emulator
        .functionGraph()
        .create(
            PROJECT,
            "default",
            "distest",
            FunctionLimits.DEFAULT.withTimeout(Duration.ofSeconds(45)));

    ShowFunctionConfigResponse known =
        client.showFunctionConfig(new ShowFunctionConfigRequest().withFunctionUrn(URN));

    assertThat(known.getTimeout()).isEqualTo(45);
    assertThat(known.getFuncUrn()).isEqualTo(URN);
    assertThat(known.getPackage()).isEqualTo("default");
    assertThat(emulator.journal().size()).isZero();
    assertThat(client.listFunctions(new ListFunctionsRequest()).getFunctions())
        .extracting(ListFunctionResult::getFuncName)
        .containsExactly("distest");
    assertRefused(
        () -> client.showFunctionConfig(new ShowFunctionConfigRequest().withFunctionUrn("no")),
        404,
        "FSS.1051");
  }

  @Test
  void letsInWhoMayComeIn() {
    assertRefused(
        () -> invokeAs(new BasicCredentials().withAk("AKTEST").withSk("WRONG")), 401, "APIGW.0301");
    assertThatThrownBy(() -> invokeAs(new BasicCredentials().withAk("OTHER").withSk("SKTEST")))
        .isInstanceOf(ClientRequestException.class);
    emulator.setKeys(new ServiceKeys("AKTEST", "SKTEST", Optional.of("token")));
    assertThatCode(
            () ->
                invokeAs(
                    new BasicCredentials()
                        .withAk("AKTEST")
                        .withSk("SKTEST")
                        .withSecurityToken("token")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> invoke(URN)).isInstanceOf(ClientRequestException.class);
  }

  private void invokeAs(BasicCredentials credentials) {
    var unused =
        client(credentials)
            .invokeFunction(
                new InvokeFunctionRequest()
                    .withFunctionUrn(URN)
                    .withXCFFRequestVersion("v1")
                    .withBody(event()));
  }

  /** Their signatures are masked, so they come in by an IAM token. */
  @Test
  void understandsEveryCapturedRequest() throws Exception {
    try (Emulator other = Emulator.builder().authToken("T").start()) {
      other.functionGraph().create(PROJECT, "default", "distest");
      List<CapturedRequest> requests = CapturedRequest.load("functiongraph.jsonl");
      assertThat(requests).hasSizeGreaterThan(2);
      for (CapturedRequest request : requests) {
        int status = TokenCaller.send(other.functionGraphEndpoint(), "T", request).statusCode();
        assertThat(status).isEqualTo(request.target().endsWith("-async") ? 202 : 200);
      }
      assertThat(other.journal().entries())
          .extracting(Entry::body)
          .containsOnly(new String(requests.get(0).body(), UTF_8));
    }
  }

  private static void assertRefused(Runnable call, int status, String code) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ServiceResponseException.class,
            e -> {
              assertThat(e.getHttpStatusCode()).isEqualTo(status);
              assertThat(e.getErrorCode()).isEqualTo(code);
            });
  }
}
