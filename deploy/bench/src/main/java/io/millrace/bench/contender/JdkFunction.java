// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The function behind its HTTP address, called with the JDK's client as most code that is written
 * by hand does: connections are kept, requests are not signed. Safe for use by several threads.
 */
final class JdkFunction implements LoopFunction {

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final URI address;

  JdkFunction(URI address) {
    this.address = address;
  }

  @Override
  public void deliver(byte[] event) throws InterruptedException {
    while (!attempt(event)) {
      TimeUnit.MILLISECONDS.sleep(Assignment.RETRY_MILLIS);
    }
  }

  private boolean attempt(byte[] event) throws InterruptedException {
    try {
      return isOk(client.send(request(event), HttpResponse.BodyHandlers.discarding()));
    } catch (IOException e) {
      return false;
    }
  }

  /** Calls once; completes exceptionally where that failed. */
  CompletableFuture<Void> call(byte[] event) {
    return client
        .sendAsync(request(event), HttpResponse.BodyHandlers.discarding())
        .thenAccept(
            answer -> {
              if (!isOk(answer)) {
                throw new IllegalStateException("answered with " + answer.statusCode());
              }
            });
  }

  private HttpRequest request(byte[] event) {
    return HttpRequest.newBuilder(address)
        .timeout(Duration.ofSeconds(Assignment.TIMEOUT_SECONDS))
        .header("Content-Type", "application/octet-stream")
        .POST(HttpRequest.BodyPublishers.ofByteArray(event))
        .build();
  }

  /** A function's error is told behind a 200, by either cloud in its way. */
  private static boolean isOk(HttpResponse<?> answer) {
    return answer.statusCode() == 200
        && answer.headers().firstValue("X-Fc-Error-Type").isEmpty()
        && !answer.headers().firstValue("X-Is-Func-Err").equals(Optional.of("true"));
  }
}
