// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.e2e.stage.Clouds;
import io.millrace.e2e.stage.OrderProducer;
import io.millrace.e2e.stage.Pair;
import io.millrace.job.JobSubmission;
import io.millrace.job.TriggerSpec;
import io.millrace.standalone.LoopbackPort;
import io.millrace.standalone.StandaloneCluster;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The alert rules before Debian's promtool, and the metrics that they and the dashboard name before
 * a real Prometheus that scrapes a real cluster. Needs the job's jar.
 */
@Tag("ci")
final class MonitoringITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Where the cluster's processes can be scraped: each takes the first port that is free. */
  private static final String TARGETS =
      IntStream.range(9249, 9260)
          .mapToObj(port -> "127.0.0.1:" + port)
          .collect(Collectors.joining(", "));

  @TempDir private Path directory;

  @Test
  void theRulesAreRulesAndEachFiresAndClears() throws Exception {
    assertThat(promtool("check", "rules", MonitoringPageTest.RULES)).contains("7 rules found");
    assertThat(promtool("test", "rules", MonitoringPageTest.RULE_TESTS)).contains("SUCCESS");
  }

  private static String promtool(String verb, String what, Path file) throws Exception {
    Process tool =
        new ProcessBuilder("promtool", verb, what, file.toRealPath().toString())
            .redirectErrorStream(true)
            .start();
    String says = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(tool.waitFor()).as(says).isZero();
    return says;
  }

  @Test
  void aPrometheusFindsEveryMetricThatRulesAndDashboardName() throws Exception {
    try (StandaloneCluster cluster =
            StandaloneCluster.in(directory.resolve("cluster"))
                .taskManagers(1)
                .slots(1)
                // Counts begin anew with a task, and this one would on a machine that has no time.
                .config(Map.of("heartbeat.timeout", "10 min"))
                .endsWithThisProcess()
                .start();
        Clouds clouds =
            Clouds.start(
                Pair.DATAHUB_FC,
                Files.createDirectory(directory.resolve("files")),
                Optional.empty(),
                1,
                Optional.empty())) {
      OrderProducer producer = clouds.producer();
      producer.createStream(2);
      Path trigger = clouds.trigger("watched", Optional.empty(), Duration.ofMinutes(1), Map.of());
      producer.put(100);
      JobSubmission.submit(
          cluster.restAddress(), TriggerSpec.parse(trigger, Map.of()), Optional.empty());
      scrape();
    }
  }

  private void scrape() throws Exception {
    int port = LoopbackPort.free();
    Path config =
        Files.writeString(
            directory.resolve("prometheus.yaml"),
            """
            global: {scrape_interval: 5s, scrape_timeout: 5s, evaluation_interval: 1s}
            rule_files: ["%s"]
            scrape_configs:
              - job_name: flink
                static_configs: [{targets: [%s]}]
            """
                .formatted(MonitoringPageTest.RULES.toRealPath(), quoted()));
    Process prometheus =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("prometheus.log").toFile())
            .start();
    try {
      await()
          .ignoreExceptions()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(texts(get(port, "/api/v1/label/__name__/values").get("data")))
                      .containsAll(MonitoringPageTest.metrics()));
      await()
          .ignoreExceptions()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(delivered(port))
                      .as("records delivered, as Prometheus knows it")
                      .isEqualTo("100"));
      await()
          .ignoreExceptions()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(get(port, "/api/v1/rules").findValuesAsText("health"))
                      .isNotEmpty()
                      .allMatch("ok"::equals));
    } finally {
      prometheus.destroy();
      prometheus.waitFor(120, TimeUnit.SECONDS);
    }
  }

  private static String quoted() {
    return '"' + TARGETS.replace(", ", "\", \"") + '"';
  }

  private static String delivered(int port) throws Exception {
    return get(
            port, "/api/v1/query?query=sum(flink_taskmanager_job_task_operator_recordsDelivered)")
        .at("/data/result/0/value/1")
        .asText();
  }

  private static JsonNode get(int port, String path) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }

  private static Set<String> texts(JsonNode array) {
    Set<String> texts = new TreeSet<>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }
}
