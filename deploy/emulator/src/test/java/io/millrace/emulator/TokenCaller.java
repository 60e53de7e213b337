// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;

/** Sends requests that an IAM token lets in, one each. */
final class TokenCaller {

  private static final Set<String> OWN =
      Set.of(
          "Authorization",
          "X-Auth-Token",
          "Host",
          "Content-Length",
          "Connection",
          "Accept-Encoding");

  private TokenCaller() {}

  /** Sends a captured request with a token instead of its signature. */
  static HttpResponse<String> send(URI endpoint, String token, CapturedRequest request)
      throws IOException, InterruptedException {
    HttpRequest.Builder again =
        HttpRequest.newBuilder(URI.create(endpoint + request.target()))
            .method(request.method(), HttpRequest.BodyPublishers.ofByteArray(request.body()))
            .header("X-Auth-Token", token);
    request.headers().entrySet().stream()
        .filter(header -> !OWN.contains(header.getKey()))
        .forEach(header -> again.header(header.getKey(), header.getValue()));
    return HttpClient.newHttpClient().send(again.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Invokes a function of FunctionGraph in the newer form, with its log. */
  static HttpResponse<String> invoke(Emulator emulator, String function, String event)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create(
                        emulator.functionGraphEndpoint()
                            + "/v2/p1/fgs/functions/"
                            + function
                            + "/invocations"))
                .header("X-Auth-Token", emulator.iamKeys().authToken().orElseThrow())
                .header("Content-Type", "application/json")
                .header("X-CFF-Request-Version", "v1")
                .header("X-Cff-Log-Type", "tail")
                .POST(HttpRequest.BodyPublishers.ofString(event))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
