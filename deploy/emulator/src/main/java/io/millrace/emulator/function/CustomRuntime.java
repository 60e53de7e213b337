// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import io.millrace.emulator.ServiceKeys;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * The service's side of a cloud's contract with processes that run functions: {@code POST /invoke}
 * with the event as body and the context in headers.
 *
 * <p>What the contracts leave open is decided so that no failure passes for a success: a process
 * that cannot be reached or cuts the connection counts as a crash.
 */
final class CustomRuntime implements AutoCloseable {

  private static final int MAX_ANSWER = 32 << 20;
  private static final int MAX_CONNECTIONS = 4096;

  private final HttpClient client = new HttpClient();
  private final ProcessContract contract;
  private final Supplier<ServiceKeys> keys;

  CustomRuntime(ProcessContract contract, Supplier<ServiceKeys> keys) {
    this.contract = contract;
    this.keys = keys;
    client.setMaxConnectionsPerDestination(MAX_CONNECTIONS);
    client.setMaxRequestsQueuedPerDestination(MAX_CONNECTIONS);
    client.setFollowRedirects(false);
    client.setUserAgentField(null);
    LifeCycle.start(client);
  }

  /** Where a process that listens at a URL takes invocations. */
  static URI invokeUrl(URI url) {
    if (!"http".equals(url.getScheme()) || url.getHost() == null) {
      throw new IllegalArgumentException(
          "function url: " + url + " is not like http://127.0.0.1:9000");
    }
    String text = url.toString().replaceAll("/+$", "");
    return URI.create(text.endsWith("/invoke") ? text : text + "/invoke");
  }

  /** Makes one call; never fails. */
  CompletableFuture<FunctionResult> invoke(URI url, FunctionCall call, byte[] event) {
    CompletableFuture<FunctionResult> result = new CompletableFuture<>();
    long start = System.nanoTime();
    Request request =
        client
            .newRequest(url)
            .method("POST")
            .timeout(call.timeout().toMillis(), TimeUnit.MILLISECONDS)
            .headers(headers -> contract.context(call, keys.get()).forEach(headers::put))
            .body(new BytesRequestContent(contract.contentType(), event));
    request.send(
        new BufferingResponseListener(MAX_ANSWER) {
          @Override
          public void onComplete(Result answer) {
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            result.complete(CustomRuntime.this.result(url, call, answer, getContent(), taken));
          }
        });
    return result;
  }

  private FunctionResult result(
      URI url, FunctionCall call, Result answer, byte[] content, Duration taken) {
    Throwable failure = answer.getFailure();
    if (failure instanceof TimeoutException) {
      return FunctionResult.timedOut(call.timeout());
    }
    if (failure instanceof ConnectException) {
      return FunctionResult.ended(
          "Function instance exited unexpectedly: nothing listens on " + url);
    }
    if (failure != null) {
      return FunctionResult.crashed(taken);
    }
    byte[] body = content == null ? new byte[0] : content;
    int status = answer.getResponse().getStatus();
    Optional<String> reported =
        contract.errorHeader().map(name -> answer.getResponse().getHeaders().get(name));
    return status / 100 == 2 && reported.isEmpty()
        ? FunctionResult.success(body)
        : contract.failed(status, reported, body);
  }

  @Override
  public void close() {
    LifeCycle.stop(client);
  }
}
