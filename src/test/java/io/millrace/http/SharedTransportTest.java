// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class SharedTransportTest {

  private static final HttpCall CALL =
      new HttpCall("GET", URI.create("http://h/"), List.of(), new byte[0], Duration.ofSeconds(1));

  private boolean answering = true;
  private final List<FakeTransport> opened = new ArrayList<>();
  private final SharedTransport shared =
      new SharedTransport(
          settings -> {
            FakeTransport transport = new FakeTransport();
            opened.add(transport);
            return transport;
          });

  @Test
  void isOneForAScopeAndClosesWithItsLastUser() {
    HttpTransport first = shared.share("job-1", HttpSettings.DEFAULT);
    HttpTransport second = shared.share("job-1", HttpSettings.DEFAULT);
    HttpTransport other = shared.share("job-2", HttpSettings.DEFAULT);
    assertThat(opened).hasSize(2);

    first.close();
    first.close();
    assertThat(opened.get(0).closed).isZero();
    assertThat(second.send(CALL)).isCompleted();

    second.close();
    assertThat(opened.get(0).closed).isOne();
    assertThat(opened.get(1).closed).isZero();
    other.close();
    assertThat(opened.get(1).closed).isOne();
  }

  @Test
  void whoGaveItBackSendsNothingMore() {
    HttpTransport first = shared.share("job-1", HttpSettings.DEFAULT);
    HttpTransport second = shared.share("job-1", HttpSettings.DEFAULT);
    first.close();

    assertThat(first.send(CALL)).isCompletedExceptionally();
    assertThat(opened.get(0).sent).isZero();
    second.close();
  }

  @Test
  void aScopeCanBeginAgain() {
    shared.share("job-1", HttpSettings.DEFAULT).close();
    shared.share("job-1", HttpSettings.DEFAULT).close();

    assertThat(opened).hasSize(2).allMatch(transport -> transport.closed == 1);
  }

  @Test
  void itsCallsEndWithItAndTheNeighboursGoOn() {
    answering = false;
    HttpTransport first = shared.share("job-1", HttpSettings.DEFAULT);
    HttpTransport second = shared.share("job-1", HttpSettings.DEFAULT);
    CompletableFuture<HttpAnswer> ended = first.send(CALL);
    CompletableFuture<HttpAnswer> goesOn = second.send(CALL);

    first.close();

    assertThat(ended).isCancelled();
    assertThat(goesOn).isNotDone();
    second.close();
    assertThat(goesOn).isCancelled();
  }

  @Test
  void aCallThatRacesWithClosingEndsToo() {
    answering = false;
    HttpTransport first = shared.share("job-1", HttpSettings.DEFAULT);
    shared.share("job-1", HttpSettings.DEFAULT);
    opened.get(0).whileSending = first::close;

    assertThat(first.send(CALL)).isCancelled();
  }

  private final class FakeTransport implements HttpTransport {
    int sent;
    int closed;
    Runnable whileSending = () -> {};

    @Override
    public CompletableFuture<HttpAnswer> send(HttpCall call) {
      sent++;
      whileSending.run();
      if (!answering) {
        return new CompletableFuture<>();
      }
      return CompletableFuture.completedFuture(new HttpAnswer(200, Map.of(), new byte[0]));
    }

    @Override
    public void close() {
      closed++;
    }
  }
}
