// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.bench.scenario.Contender;
import io.millrace.bench.scenario.Scenario;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class ReportTest {

  @TempDir private Path directory;

  private static Row row(Contender contender, Scenario scenario, double... recordsPerSecond) {
    List<Double> records = new ArrayList<>();
    for (double each : recordsPerSecond) {
      records.add(each);
    }
    Figures figures =
        Figures.of(records, records)
            .with(
                Map.of(
                    Measure.CPU_PER_RECORD, 12.5,
                    Measure.DELAY_P50, 3.0,
                    Measure.DELAY_P99, 9.0,
                    Measure.HEAP_MEGABYTES, 40.0));
    return new Row(contender, scenario, List.of(figures), Optional.empty());
  }

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private static List<String> words(Document plot) {
    NodeList nodes = plot.getElementsByTagName("text");
    List<String> words = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      words.add(nodes.item(i).getTextContent());
    }
    return words;
  }

  @Test
  void aPlotHasABarForEachFigureAndAWhiskerForEachSpread() throws Exception {
    Row failed =
        new Row(Contender.GETINDATA, Scenario.BASE, List.of(), Optional.of("ended <early>"));
    Section section =
        Section.of(
                List.of(
                    row(Contender.PLAIN_LOOP, Scenario.BASE, 100, 300, 200),
                    row(Contender.MILLRACE, Scenario.BASE, 400),
                    failed))
            .get(0);
    Document plot = parsed(Plot.of(section).orElseThrow());

    assertThat(words(plot))
        .contains("plain-loop", "millrace", "records/s", "200", "400", "12.5", "3.0", "9.0")
        .doesNotContain("getindata", "heap MB");
    // The ground, a stripe, and two rows of four bars.
    assertThat(plot.getElementsByTagName("rect").getLength()).isEqualTo(2 + 8);
    // One spread is wider than nothing.
    assertThat(plot.getElementsByTagName("line").getLength()).isEqualTo(3);
  }

  @Test
  void theScenariosOfOneContenderAreOnePlotWithWhatItHolds() throws Exception {
    List<Section> sections =
        Section.of(
            List.of(
                row(Contender.MILLRACE, Scenario.parse("shards=1"), 5),
                row(Contender.MILLRACE, Scenario.parse("shards=9"), 6)));
    assertThat(sections).hasSize(1);
    assertThat(words(parsed(Plot.of(sections.get(0)).orElseThrow())))
        .contains("millrace", Scenario.parse("shards=9").label(), "heap MB", "40.0")
        .doesNotContain("start s");
  }

  @Test
  void whatHasNoFiguresHasNoPlot() {
    Row failed = new Row(Contender.MILLRACE, Scenario.BASE, List.of(), Optional.of("ended"));
    assertThat(Plot.of(Section.of(List.of(failed)).get(0))).isEmpty();
  }

  @Test
  void writesTablesPlotsAndJson() throws Exception {
    Scenario small = Scenario.parse("records=1");
    Report.write(
        List.of(
            row(Contender.MILLRACE, Scenario.BASE, 5),
            row(Contender.PLAIN_LOOP, Scenario.BASE, 4),
            row(Contender.MILLRACE, small, 3),
            row(Contender.PLAIN_LOOP, small, 2)),
        directory);

    assertThat(Files.readString(directory.resolve("bench.md")))
        .contains("![" + Scenario.BASE.label() + "](bench-1.svg)")
        .contains("![" + small.label() + "](bench-2.svg)")
        .contains("| plain-loop | 2 |");
    assertThat(directory.resolve("bench-1.svg")).isNotEmptyFile();
    assertThat(directory.resolve("bench-2.svg")).isNotEmptyFile();
    assertThat(new ObjectMapper().readTree(directory.resolve("bench.json").toFile())).hasSize(4);
  }
}
