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
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * The service's side of the custom-runtime contract: {@code POST /invoke} with the event as body
 * and {@code x-fc-*} headers.
 *
 * <p>A 404 with {@code x-fc-status: 404} is the contract's function error. What the contract leaves
 * open is decided so that no failure passes for a success: any other answer than a 2xx, and a
 * process that cannot be reached or cuts the connection, count as a crash.
 */
final class CustomRuntime implements AutoCloseable {

  private static final int MAX_ANSWER = 32 << 20;
  private static final int MAX_CONNECTIONS = 4096;

  private final HttpClient client = new HttpClient();
  private final Supplier<ServiceKeys> keys;

  CustomRuntime(Supplier<ServiceKeys> keys) {
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
            .headers(headers -> describe(call, headers))
            .body(new BytesRequestContent("application/octet-stream", event));
    request.send(
        new BufferingResponseListener(MAX_ANSWER) {
          @Override
          public void onComplete(Result answer) {
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            result.complete(CustomRuntime.result(url, call, answer, getContent(), taken));
          }
        });
    return result;
  }

  private static FunctionResult result(
      URI url, FunctionCall call, Result answer, byte[] content, Duration taken) {
    Throwable failure = answer.getFailure();
    if (failure instanceof TimeoutException) {
      return FunctionResult.timedOut(call.timeout());
    }
    if (failure instanceof ConnectException) {
      return FunctionResult.failure(
          FunctionResult.UNHANDLED,
          "Function instance exited unexpectedly: nothing listens on " + url);
    }
    if (failure != null) {
      return FunctionResult.crashed(taken);
    }
    byte[] body = content == null ? new byte[0] : content;
    int status = answer.getResponse().getStatus();
    String reported = answer.getResponse().getHeaders().get("x-fc-status");
    if ("404".equals(reported)) {
      return new FunctionResult(Optional.of(FunctionResult.HANDLED), body, "");
    }
    if (status / 100 != 2) {
      return FunctionResult.failure(
          FunctionResult.UNHANDLED, "The function answered " + url + " with status " + status);
    }
    return FunctionResult.success(body);
  }

  private void describe(FunctionCall call, HttpFields.Mutable headers) {
    ServiceKeys known = keys.get();
    headers.put("x-fc-request-id", call.requestId());
    headers.put("x-fc-access-key-id", known.accessKeyId());
    headers.put("x-fc-access-key-secret", known.accessKeySecret());
    headers.put("x-fc-security-token", known.securityToken().orElse(""));
    headers.put("x-fc-function-name", call.function());
    headers.put("x-fc-function-handler", "index.handler");
    headers.put("x-fc-function-memory", "512");
    headers.put("x-fc-service-name", call.service());
    headers.put("x-fc-service-logproject", "");
    headers.put("x-fc-service-logstore", "");
    headers.put("x-fc-qualifier", call.qualifier());
    headers.put("x-fc-version-id", call.qualifier());
    headers.put("x-fc-account-id", call.accountId());
    headers.put("x-fc-region", "local");
    headers.put("x-fc-control-path", "/invoke");
  }

  @Override
  public void close() {
    LifeCycle.stop(client);
  }
}
