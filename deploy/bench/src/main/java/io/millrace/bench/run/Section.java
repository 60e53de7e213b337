// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import io.millrace.bench.scenario.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is shown together: the contenders of a scenario, or the scenarios of the only contender.
 *
 * @param heading what its rows have in common
 * @param alone whether there is one contender, and what differs is the scenario
 */
record Section(String heading, boolean alone, List<Row> rows) {

  Section {
    rows = List.copyOf(rows);
  }

  /** The sections of a run, in its order. */
  static List<Section> of(List<Row> rows) {
    Map<Scenario, List<Row>> byScenario = new LinkedHashMap<>();
    rows.forEach(
        row -> byScenario.computeIfAbsent(row.scenario(), first -> new ArrayList<>()).add(row));
    if (byScenario.size() > 1 && rows.size() == byScenario.size()) {
      return List.of(new Section(rows.get(0).contender().wireName(), true, rows));
    }
    List<Section> sections = new ArrayList<>();
    byScenario.forEach((scenario, of) -> sections.add(new Section(scenario.label(), false, of)));
    return sections;
  }

  /** What a row has not in common with the others. */
  String label(Row row) {
    return alone ? row.scenario().label() : row.contender().wireName();
  }
}
