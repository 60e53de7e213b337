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

  private static final class FakeTransport implements HttpTransport {
    int sent;
    int closed;

    @Override
    public CompletableFuture<HttpAnswer> send(HttpCall call) {
      sent++;
      return CompletableFuture.completedFuture(new HttpAnswer(200, Map.of(), new byte[0]));
    }

    @Override
    public void close() {
      closed++;
    }
  }
}
