// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.apache.flink.api.common.JobID;

/** A job's metrics, as Flink's REST interface tells them some seconds later. */
final class FlinkMetrics {

  private final String address;

  /**
   * @param address {@code host:port} of Flink's REST interface
   */
  FlinkMetrics(String address) {
    this.address = address;
  }

  /** A metric of an operator, over all subtasks; 0 where there is none. */
  long sum(JobID job, String operator, String metric) throws IOException {
    long sum = 0;
    for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
      String metrics = "/jobs/" + job + "/vertices/" + vertex.path("id").asText() + "/metrics";
      for (JsonNode found : get(metrics)) {
        String id = found.path("id").asText();
        if (id.contains(operator) && id.endsWith("." + metric)) {
          sum += get(metrics + "?get=" + id).path(0).path("value").asLong();
        }
      }
    }
    return sum;
  }

  private JsonNode get(String path) throws IOException {
    try (InputStream answer = URI.create("http://" + address + path).toURL().openStream()) {
      return new ObjectMapper().readTree(answer);
    }
  }
}
