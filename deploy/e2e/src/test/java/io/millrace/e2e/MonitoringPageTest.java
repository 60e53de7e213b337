// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the alert rules, the dashboard and the manual's page on both to each other. */
final class MonitoringPageTest {

  static final Path RULES = Path.of("../monitoring/alerts.yaml");
  static final Path RULE_TESTS = Path.of("../monitoring/alerts-test.yaml");
  static final Path DASHBOARD = Path.of("../monitoring/dashboard.json");
  private static final Path PAGE = Path.of("../../src/site/markdown/monitoring.md");

  private static final Pattern METRIC = Pattern.compile("flink_(?:task|job)manager_[A-Za-z_]+");
  private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");

  /** Full names of the metrics that rules and dashboard rely on. */
  static Set<String> metrics() throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path file : Set.of(RULES, DASHBOARD)) {
      METRIC.matcher(Files.readString(file)).results().forEach(found -> names.add(found.group()));
    }
    return names;
  }

  private static Set<String> alerts() throws IOException {
    Set<String> names = new TreeSet<>();
    ALERT.matcher(Files.readString(RULES)).results().forEach(found -> names.add(found.group(1)));
    return names;
  }

  @Test
  void thePageTellsOfEveryMetricAndEveryAlert() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(metrics())
        .hasSizeGreaterThan(20)
        .filteredOn(name -> !name.endsWith("lastCheckpointDuration"))
        .allSatisfy(
            name -> assertThat(page).contains("`" + name.substring(name.lastIndexOf('_') + 1)));
    assertThat(alerts())
        .hasSize(7)
        .allSatisfy(name -> assertThat(page).contains("| `" + name + "` |"));
  }

  @Test
  void everyAlertIsShownToFireAndToClear() throws IOException {
    String tests = Files.readString(RULE_TESTS);
    assertThat(alerts())
        .allSatisfy(
            name -> {
              assertThat(tests).contains("alertname: " + name + "\n        exp_alerts: []");
              assertThat(tests).contains("alertname: " + name + "\n        exp_alerts:\n");
            });
  }

  @Test
  void theDashboardIsOne() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
    Set<Integer> ids = new TreeSet<>();
    for (JsonNode panel : dashboard.get("panels")) {
      assertThat(ids.add(panel.get("id").asInt())).as("panel %s", panel.get("id")).isTrue();
      assertThat(panel.get("title").asText()).isNotBlank();
      for (JsonNode target : panel.get("targets")) {
        assertThat(target.get("expr").asText()).contains("job_name=~\"$job\"");
      }
    }
    assertThat(ids).hasSizeGreaterThan(10);
  }
}
