// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.http.HttpHeader;

/** A console on a free port, spoken to over HTTP with whatever headers a test wants. */
final class RunningConsole implements AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();

  private final Console console;
  private final HttpClient client = new HttpClient();

  /** What it told its user. */
  final List<String> lines = new CopyOnWriteArrayList<>();

  RunningConsole(Cluster cluster, Optional<Path> tokenFile) throws Exception {
    console =
        Console.start(
            new Console.Settings(
                "cluster:8081",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                tokenFile.map(Token::read),
                Set.of("console.example")),
            () -> cluster,
            InstantSource.system(),
            lines::add);
    client.setFollowRedirects(false);
    client.start();
  }

  /** One answer. */
  record Got(int status, Map<String, String> headers, String text) {

    JsonNode json() throws Exception {
      return JSON.readTree(text);
    }

    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }
  }

  String origin() {
    return "http://127.0.0.1:" + console.port();
  }

  Got get(String path, String... headers) throws Exception {
    return send("GET", path, null, headers);
  }

  /** Posts JSON, as the page does. */
  Got post(String path, String body, String... headers) throws Exception {
    return send("POST", path, body, headers);
  }

  Got send(String method, String path, String body, String... headers) throws Exception {
    Request request = client.newRequest(origin() + path).method(method);
    if (body != null) {
      request.body(new StringRequestContent("application/json", body));
    }
    for (int i = 0; i < headers.length; i += 2) {
      String name = headers[i];
      String value = headers[i + 1];
      request.headers(fields -> fields.put(name, value));
    }
    ContentResponse response = request.send();
    Map<String, String> received = new HashMap<>();
    response
        .getHeaders()
        .forEach(field -> received.put(field.getName().toLowerCase(Locale.ROOT), field.getValue()));
    received.remove(HttpHeader.DATE.lowerCaseName());
    return new Got(response.getStatus(), received, response.getContentAsString());
  }

  @Override
  public void close() {
    try {
      client.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the client does not stop", e);
    } finally {
      console.close();
    }
  }
}
