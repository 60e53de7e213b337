// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Asks Flink's REST which TaskManagers are registered. */
final class RestProbe {

  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final ObjectMapper json = new ObjectMapper();
  private final URI taskManagers;

  RestProbe(String address) {
    this.taskManagers = URI.create("http://" + address + "/taskmanagers");
  }

  /** The names of the registered TaskManagers; empty while no JobManager answers for them. */
  Optional<Set<String>> taskManagers() {
    HttpRequest request = HttpRequest.newBuilder(taskManagers).timeout(TIMEOUT).build();
    try {
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        return Optional.empty();
      }
      Set<String> names = new TreeSet<>();
      for (JsonNode each : json.readTree(answer.body()).path("taskmanagers")) {
        names.add(each.path("id").asText());
      }
      return Optional.of(names);
    } catch (IOException notYet) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("Interrupted while waiting for " + taskManagers, e);
    }
  }
}
