// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider;
import io.millrace.credentials.CredentialsProvider.MissingCredentialException;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpFailure;
import io.millrace.http.UserAgent;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a {@link FunctionInvoker} makes of every kind of answer, and of none: the outcome decides
 * whether a shard waits, is suspended, or goes on, so it is never guessed too well; its message is
 * one line without a secret.
 */
public abstract class FunctionAnswerContract {

  private static final byte[] EVENT = "{\"records\":[]}".getBytes(UTF_8);
  private static final CredentialsProvider KEYS =
      () -> new Credentials("AKID", "AKSECRET", Optional.of("STS_TOKEN_Y"));

  private final FunctionStage stage;
  private final Map<String, String> options;
  private final ScriptedTransport transport = new ScriptedTransport();

  /**
   * @param stage of the connector
   */
  protected FunctionAnswerContract(FunctionStage stage) {
    this.stage = stage;
    this.options = stage.options(URI.create("http://127.0.0.1:1"), "fn");
  }

  @Test
  void anAttemptIsOneRequestThatKeepsTheEvent() {
    transport.answer(stage.succeeded());

    assertThat(invoke()).isEqualTo(new Outcome.Acknowledged(Optional.of("r-1")));

    assertThat(transport.calls()).hasSize(1);
    HttpCall call = transport.calls().get(0);
    assertThat(call.method()).isEqualTo("POST");
    assertThat(call.uri().toString()).startsWith("http://127.0.0.1:1/");
    assertThat(call.body()).isSameAs(EVENT);
    assertThat(call.timeout()).isEqualTo(stage.factory(options, KEYS).timeout());
    assertThat(call.headers())
        .contains(Map.entry("User-Agent", UserAgent.VALUE))
        .noneMatch(header -> header.getValue().contains("AKSECRET"));
  }

  @Test
  void openingAsksNothing() {
    try (FunctionInvoker opened = stage.factory(options, KEYS).open(transport)) {
      assertThat(opened).isNotNull();
    }
    assertThat(transport.calls()).isEmpty();
  }

  @Test
  void aFunctionErrorBehindA200IsAFaultOfTheRecordsWithItsLog() {
    transport.answer(stage.failed("no stock", "reading order 7\n\n  none\u0007 left\n"));

    Outcome outcome = invoke();

    assertThat(outcome).isInstanceOf(Outcome.RecordFault.class);
    assertThat(outcome.requestId()).contains("r-1");
    assertThat(outcome.message())
        .contains(": no stock; log: ")
        .endsWith("; log: reading order 7 | none\\u0007 left");
  }

  @Test
  void ofALongLogTheEndIsShown() {
    transport.answer(
        stage.failed("e".repeat(3000), "STS_TOKEN_Y ".repeat(300) + "\nthe last line\n"));

    assertThat(invoke().message())
        .contains("; log: … ")
        .endsWith(" | the last line")
        .hasSizeLessThan(2100)
        .doesNotContain("\n", "STS_TOKEN_Y");
  }

  /** Of a gateway, a proxy, or something else at the address. */
  @ParameterizedTest
  @CsvSource({
    "202, TargetFault",
    "302, TargetFault",
    "400, RecordFault",
    "401, TargetFault",
    "403, TargetFault",
    "404, TargetFault",
    "405, TargetFault",
    "408, UnknownFate",
    "413, TooLarge",
    "429, Throttled",
    "499, UnknownFate",
    "500, RecordFault",
    "502, RecordFault",
    "503, Throttled",
    "504, UnknownFate",
  })
  void answersOfSomethingElseGoByTheirStatus(int status, String kind) {
    transport.answer(status, Map.of(), "<html>\n<h1>no</h1></html>");

    Outcome outcome = invoke();

    assertThat(outcome.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(outcome.message()).isEqualTo("HTTP " + status + ": <html> <h1>no</h1></html>");
    assertThat(transport.calls()).hasSize(1);
  }

  @Test
  void aRefusalSaysItsCodeAndItsRequest() {
    transport.answer(stage.refused(400, "Some.Code", "because\nof \u0007this"));

    Outcome outcome = invoke();

    assertThat(outcome.requestId()).contains("r-1");
    assertThat(outcome.message()).isEqualTo("HTTP 400 Some.Code: because of \\u0007this");
  }

  @Test
  void longErrorsAreCut() {
    transport.answer(500, Map.of(), "e".repeat(1 << 20));

    assertThat(invoke().message())
        .startsWith("HTTP 500: eee")
        .endsWith(" …")
        .hasSizeBetween(1000, 1100);
  }

  /** The request was sent, or it was not: what is unknown must not be invoked again at once. */
  @ParameterizedTest
  @EnumSource(HttpFailure.Kind.class)
  void lostRequestsAreOfUnknownFateAndUnsentOnesAreNot(HttpFailure.Kind kind) {
    transport.fail(new HttpFailure(kind, "https://h: what", null));

    Outcome outcome = invoke();

    assertThat(outcome.message()).isEqualTo("https://h: what");
    assertThat(outcome.requestId()).isEmpty();
    switch (kind) {
      case CONNECTION_LOST, TIMED_OUT ->
          assertThat(outcome).isInstanceOf(Outcome.UnknownFate.class);
      case NOT_CONNECTED, TLS_REFUSED, CLOSED ->
          assertThat(outcome).isInstanceOf(Outcome.TargetFault.class);
      case NOT_LET_OUT -> assertThat(outcome).isInstanceOf(Outcome.NotSent.class);
    }
    assertThat(describe(KEYS)).isEqualTo(new FunctionDescription.Refused("https://h: what"));
  }

  @Test
  void missingCredentialsAreAFaultOfTheTargetAndSendNothing() {
    CredentialsProvider missing =
        () -> {
          throw new MissingCredentialException("${SECRET} is not set or empty on host h");
        };

    assertThat(invoke(missing))
        .isEqualTo(
            new Outcome.TargetFault(
                "credentials: ${SECRET} is not set or empty on host h", Optional.empty()));
    assertThat(describe(missing))
        .isEqualTo(
            new FunctionDescription.Refused(
                "credentials: ${SECRET} is not set or empty on host h"));
    assertThat(transport.calls()).isEmpty();
  }

  @Test
  void secretsAreNotRepeated() {
    for (HttpAnswer answer : stage.repeating("STS_TOKEN_Y with AKSECRET")) {
      transport.answer(answer);
      assertThat(invoke().message())
          .contains("**** with ****")
          .doesNotContain("STS_TOKEN_Y", "AKSECRET");
    }
  }

  @Test
  void secretsThatACutGoesThroughLeaveNoTrace() {
    String token = "T0KEN/+x".repeat(150);
    CredentialsProvider keys = () -> new Credentials("AKID", "AKSECRET", Optional.of(token));
    for (String said : new String[] {"m".repeat(900), " ".repeat(3600), "m".repeat(4000)}) {
      for (HttpAnswer answer : stage.repeating(said + token + "AKSECRET")) {
        transport.answer(answer);
        assertThat(invoke(keys).message()).doesNotContain("T0KEN", "0KEN", "AKSECRET", "/+x");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, '{\"timeout\":60}', Known",
    "200, '{}',               Withheld",
    "200, '{\"timeout\":0}',  Withheld",
    "200, '<html>',           Withheld",
    "404, 'not found',        Withheld",
    "500, '{}',               Withheld",
    "429, '{}',               Withheld",
  })
  void describes(int status, String body, String kind) {
    transport.answer(status, Map.of(), body);

    FunctionDescription description = describe(KEYS);

    assertThat(description.getClass().getSimpleName()).isEqualTo(kind);
    if (description instanceof FunctionDescription.Known known) {
      assertThat(known.timeout()).hasSeconds(60);
    }
    assertThat(transport.calls()).hasSize(1);
    assertThat(transport.calls().get(0).method()).isEqualTo("GET");
    assertThat(transport.calls().get(0).body()).isEmpty();
  }

  private Outcome invoke() {
    return invoke(KEYS);
  }

  private Outcome invoke(CredentialsProvider credentials) {
    try (FunctionInvoker invoker = stage.factory(options, credentials).open(transport)) {
      return invoker.invoke(new FunctionInvoker.Invocation("0", EVENT, 1)).join();
    }
  }

  private FunctionDescription describe(CredentialsProvider credentials) {
    try (FunctionInvoker invoker = stage.factory(options, credentials).open(transport)) {
      return invoker.describe().join();
    }
  }
}
