// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import static io.millrace.contract.StreamScene.EARLIEST;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider;
import io.millrace.credentials.CredentialsProvider.MissingCredentialException;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpFailure;
import io.millrace.http.UserAgent;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a {@link StreamClient} makes of answers that are none, whoever gave them: each request is
 * sent once, and its failure says what to do, in one line without a secret.
 */
public abstract class StreamAnswerContract {

  private static final String TOKEN = "T0KEN/+x".repeat(150);
  private static final CredentialsProvider KEYS =
      () -> new Credentials("AKID", "AKSECRET", Optional.of(TOKEN));

  private final StreamStage stage;
  private final ScriptedTransport transport = new ScriptedTransport();

  /** Every question that a client can put. */
  private final List<Function<StreamClient, CompletableFuture<?>>> questions;

  /**
   * @param stage of the connector
   */
  protected StreamAnswerContract(StreamStage stage) {
    this.stage = stage;
    String shard = stage.shard(0);
    this.questions =
        List.of(
            StreamClient::describe,
            StreamClient::shards,
            client -> client.open(shard, 0, EARLIEST).fetch(10));
  }

  private StreamClient client(CredentialsProvider credentials) {
    return stage
        .factory(stage.options(URI.create("http://127.0.0.1:1")), credentials)
        .open(transport);
  }

  private StreamException failure(Function<StreamClient, CompletableFuture<?>> question) {
    return failure(question.apply(client(KEYS)));
  }

  private static StreamException failure(CompletableFuture<?> asked) {
    Throwable thrown = catchThrowable(asked::join);
    assertThat(thrown).hasCauseInstanceOf(StreamException.class);
    assertThat(thrown.getCause().getMessage()).doesNotContain("\n");
    return (StreamException) thrown.getCause();
  }

  @ParameterizedTest
  @CsvSource({
    "302, REFUSED",
    "400, UNAVAILABLE",
    "401, REFUSED",
    "403, REFUSED",
    "404, REFUSED",
    "429, THROTTLED",
    "500, UNAVAILABLE",
    "502, UNAVAILABLE",
    "503, UNAVAILABLE",
  })
  void answersOfSomethingElseGoByTheirStatus(int status, Kind kind) {
    transport.answer(status, Map.of(), "<html>\n no AKSECRET and no " + TOKEN + "</html>");

    for (Function<StreamClient, CompletableFuture<?>> question : questions) {
      int before = transport.calls().size();
      StreamException failure = failure(question);

      assertThat(failure.kind()).isEqualTo(kind);
      assertThat(failure)
          .hasMessageEndingWith(": HTTP " + status + ": <html> no **** and no ****</html>");
      assertThat(transport.calls()).hasSize(before + 1);
    }
  }

  @Test
  void aRefusalSaysItsCodeAndItsRequest() {
    transport.answer(stage.refused(500, stage.code(Kind.UNAVAILABLE), "because\nof \u0007this"));

    for (Function<StreamClient, CompletableFuture<?>> question : questions) {
      assertThat(failure(question))
          .hasMessageEndingWith(
              ": "
                  + stage.code(Kind.UNAVAILABLE)
                  + ", HTTP 500: because of \\u0007this (request r-1)");
    }
  }

  @ParameterizedTest
  @EnumSource(HttpFailure.Kind.class)
  void unansweredRequestsAreSentOnceAndCanBeAskedAgain(HttpFailure.Kind kind) {
    transport.fail(new HttpFailure(kind, "https://h: x", null));

    for (Function<StreamClient, CompletableFuture<?>> question : questions) {
      int before = transport.calls().size();
      StreamException failure = failure(question);

      assertThat(failure.kind())
          .isEqualTo(kind == HttpFailure.Kind.TLS_REFUSED ? Kind.REFUSED : Kind.UNAVAILABLE);
      assertThat(failure).hasMessageEndingWith(": https://h: x");
      assertThat(transport.calls()).hasSize(before + 1);
    }
  }

  @Test
  void answersThatMakeNoSenseCanBeAskedAgain() {
    for (String body : List.of("", "{}", "<html>", "[]", "null", "{\"message\":\"busy\"}")) {
      transport.answer(200, Map.of(), body);
      for (Function<StreamClient, CompletableFuture<?>> question : questions) {
        assertThat(failure(question).kind()).as(body).isEqualTo(Kind.UNAVAILABLE);
      }
    }
  }

  @Test
  void missingCredentialsAreRefusedAndAskNothing() {
    CredentialsProvider missing =
        () -> {
          throw new MissingCredentialException("${SECRET} is not set or empty on host h");
        };
    for (Function<StreamClient, CompletableFuture<?>> question : questions) {
      StreamException failure = failure(question.apply(client(missing)));
      assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
      assertThat(failure)
          .hasMessageEndingWith(": credentials: ${SECRET} is not set or empty on host h");
    }
    assertThat(transport.calls()).isEmpty();
  }

  /** Also where a message is cut in the middle of one, and in what causes a failure. */
  @Test
  void secretsAreNotRepeatedAnywhere() {
    for (String before : List.of("", "m".repeat(900), "m".repeat(3_990))) {
      String said = before + TOKEN + "AKSECRET";
      for (HttpAnswer answer :
          List.of(
              stage.refused(400, said, "no"),
              stage.refused(400, "X", said),
              new HttpAnswer(502, Map.of(), said.getBytes(UTF_8)),
              new HttpAnswer(200, Map.of(), said.getBytes(UTF_8)),
              repeatedInTheRequestsId(said))) {
        transport.answer(answer);
        for (Function<StreamClient, CompletableFuture<?>> question : questions) {
          StringWriter trace = new StringWriter();
          failure(question).printStackTrace(new PrintWriter(trace, true));
          assertThat(trace.toString()).doesNotContain("T0KEN", "0KEN", "AKSECRET");
        }
      }
    }
  }

  private HttpAnswer repeatedInTheRequestsId(String said) {
    HttpAnswer refused = stage.refused(400, "X", "no");
    return new HttpAnswer(
        400, Map.of(refused.headers().keySet().iterator().next(), said), refused.body());
  }

  @Test
  void requestsSayWhoAsksAndHoldNoSecret() {
    transport.answer(stage.refused(500, stage.code(Kind.UNAVAILABLE), "no"));
    questions.forEach(this::failure);

    assertThat(transport.calls())
        .hasSize(3)
        .allSatisfy(
            call -> {
              assertThat(call.uri().toString()).startsWith("http://127.0.0.1:1/");
              assertThat(call.headers())
                  .contains(Map.entry("User-Agent", UserAgent.VALUE))
                  .noneMatch(header -> header.getValue().contains("AKSECRET"));
              assertThat(new String(call.body(), UTF_8)).doesNotContain("AKSECRET");
            });
  }

  @Test
  void noQuestionWaitsForItsAnswerAndClosingEndsAll() {
    transport.hang();
    StreamClient client = client(KEYS);

    List<CompletableFuture<?>> asked = new java.util.ArrayList<>();
    questions.forEach(question -> asked.add(question.apply(client)));
    assertThat(asked).noneMatch(CompletableFuture::isDone);
    client.close();

    for (CompletableFuture<?> each : asked) {
      assertThat(each).isDone();
      assertThat(failure(each)).hasMessageContaining("the client is closed");
    }
  }
}
