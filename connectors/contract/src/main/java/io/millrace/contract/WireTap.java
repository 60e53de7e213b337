// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpSettings;
import io.millrace.http.HttpTransport;
import io.millrace.http.JettyTransport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Real connections, and what went over them. */
final class WireTap implements HttpTransport {

  private final HttpTransport wire =
      new JettyTransport(new HttpSettings(Duration.ofMinutes(2), 1024));
  private final List<HttpCall> calls = new CopyOnWriteArrayList<>();
  private final List<HttpAnswer> answers = new CopyOnWriteArrayList<>();

  List<HttpCall> calls() {
    return calls;
  }

  List<HttpAnswer> answers() {
    return answers;
  }

  @Override
  public CompletableFuture<HttpAnswer> send(HttpCall call) {
    calls.add(call);
    return wire.send(call)
        .thenApply(
            answer -> {
              answers.add(answer);
              return answer;
            });
  }

  @Override
  public void close() {
    wire.close();
  }
}
