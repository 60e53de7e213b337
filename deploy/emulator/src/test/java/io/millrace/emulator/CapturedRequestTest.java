// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.emulator.Journal.Entry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the SDKs really sent, byte for byte over a socket, to a running emulator. */
class CapturedRequestTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void dataHubLetsTheSignedRequestsIn() throws IOException {
    try (Emulator emulator = Emulator.builder().credentials("testid", "testkey").start()) {
      assertLetIn(emulator.dataHubEndpoint(), "datahub-protobuf.jsonl");
    }
    try (Emulator emulator =
        Emulator.builder().credentials("testid", "testkey", "STS_TOKEN_X").start()) {
      assertLetIn(emulator.dataHubEndpoint(), "datahub-json-token.jsonl");
    }
  }

  @Test
  void functionComputeRunsTheSignedInvocations() throws Exception {
    List<CapturedRequest> requests = CapturedRequest.load("function-compute.jsonl");
    try (Emulator emulator =
        Emulator.builder()
            .credentials("AKID", "AKSECRET", "STS_TOKEN_Y")
            .checkClock(false)
            .start()) {
      for (CapturedRequest request : requests) {
        String[] path = request.target().split("/", -1);
        emulator.functions().create(path[3].replaceAll("\\..*", ""), path[5]);
      }
      for (CapturedRequest request : requests) {
        assertThat(send(emulator.functionComputeEndpoint(), request))
            .as(request.toString())
            .containsPattern("^HTTP/1.1 20[02] ");
      }
      // An asynchronous one is answered before it has run.
      assertThat(emulator.journal().await(CapturedRequestTest::allHaveEnded, PATIENCE))
          .hasSameSizeAs(requests)
          .allMatch(Entry::succeeded);
      for (CapturedRequest request : requests) {
        CapturedRequest altered =
            new CapturedRequest(
                request.method(),
                CapturedRequest.altered(request.target()),
                request.headers(),
                request.body());
        assertThat(send(emulator.functionComputeEndpoint(), altered))
            .containsPattern("^HTTP/1.1 40[03] ");
      }
    }
  }

  @Test
  void functionCompute3RunsTheSignedInvocations() throws IOException {
    List<CapturedRequest> requests = CapturedRequest.load("function-compute-3.jsonl");
    try (Emulator emulator =
        Emulator.builder()
            .credentials("AKID", "AKSECRET", "STS_TOKEN_Z")
            .checkClock(false)
            .start()) {
      for (CapturedRequest request : requests) {
        emulator.functions().create(request.target().split("/", -1)[3]);
        assertThat(send(emulator.functionComputeEndpoint(), request))
            .as(request.toString())
            .containsPattern("^HTTP/1.1 20[02] ");
        CapturedRequest altered =
            new CapturedRequest(
                request.method(), request.target() + "X", request.headers(), request.body());
        assertThat(send(emulator.functionComputeEndpoint(), altered))
            .startsWith("HTTP/1.1 403 ")
            .contains("\"Code\":\"SignatureNotMatch\"")
            .contains("\"RequestId\":");
      }
    }
  }

  private static boolean allHaveEnded(List<Entry> entries) {
    return entries.stream().allMatch(entry -> entry.end().isPresent());
  }

  private static void assertLetIn(URI endpoint, String file) throws IOException {
    for (CapturedRequest request : CapturedRequest.load(file)) {
      assertThat(send(endpoint, request))
          .as(request.toString())
          .startsWith("HTTP/1.1 4")
          .contains("x-datahub-request-id: ")
          .doesNotContain("Unauthorized");
      CapturedRequest altered =
          new CapturedRequest(
              request.method(), request.target() + "x", request.headers(), request.body());
      assertThat(send(endpoint, altered)).startsWith("HTTP/1.1 403 ").contains("Unauthorized");
    }
  }

  private static String send(URI endpoint, CapturedRequest request) throws IOException {
    StringBuilder head = new StringBuilder();
    head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (!name.equalsIgnoreCase("Connection")
                  && !name.equalsIgnoreCase("Content-Length")) {
                head.append(name).append(": ").append(value).append("\r\n");
              }
            });
    head.append("Content-Length: ").append(request.body().length).append("\r\n");
    head.append("Connection: close\r\n\r\n");
    try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(head.toString().getBytes(UTF_8));
      out.write(request.body());
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }
}
