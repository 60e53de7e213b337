// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.credentials.Credentials;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpTransport;
import io.millrace.source.StreamException;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DataHubHttpTest {

  private static final String TOKEN = "T0KEN/+x".repeat(150);

  @ParameterizedTest
  @CsvSource({
    "400, '{\"ErrorCode\":\"SAID\",\"ErrorMessage\":\"no\"}', ''",
    "400, '{\"ErrorCode\":\"X\",\"ErrorMessage\":\"SAID\"}',  ''",
    "502, 'SAID',                                              ''",
    "200, 'SAID',                                              ''",
    "400, '{}',                                                'SAID'",
  })
  void secretsThatACutGoesThroughLeaveNoTrace(int status, String body, String requestId) {
    String said = "m".repeat(900) + TOKEN + "AKSECRET";
    HttpAnswer answer =
        new HttpAnswer(
            status,
            Map.of("x-datahub-request-id", requestId.replace("SAID", said)),
            body.replace("SAID", said).getBytes(UTF_8));

    Throwable failure = catchThrowable(() -> answering(answer).json(request()).join()).getCause();

    assertThat(failure).isInstanceOf(StreamException.class).hasMessageContaining("mmm");
    assertThat(Throwables.getStackTrace(failure)).doesNotContain("T0KEN", "0KEN", "AKSECRET");
  }

  private static DataHubHttp.Request request() {
    return new DataHubHttp.Request("GET", "", "", Map.of(), new byte[0]);
  }

  private static DataHubHttp answering(HttpAnswer answer) {
    DataHubStream stream =
        new DataHubStream(
            URI.create("http://h"),
            "/projects/p/topics/t",
            "",
            WireForm.DEFAULT,
            EventForm.DEFAULT,
            () -> new Credentials("AKID", "AKSECRET", Optional.of(TOKEN)));
    HttpTransport transport =
        new HttpTransport() {
          @Override
          public CompletableFuture<HttpAnswer> send(HttpCall call) {
            return CompletableFuture.completedFuture(answer);
          }

          @Override
          public void close() {}
        };
    return new DataHubHttp(stream, transport, Clock.systemUTC());
  }
}
