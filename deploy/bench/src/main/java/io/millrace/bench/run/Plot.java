// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A section as a picture, in SVG: a line for each row, and in each panel a bar up to the median
 * with a whisker from the lowest value to the highest. Every panel has a scale of its own, from
 * zero.
 */
final class Plot {

  private static final String NAMESPACE = "http://www.w3.org/2000/svg";
  private static final int MARGIN = 16;
  private static final int TITLE = 34;
  private static final int HEAD = 28;
  private static final int LINE = 26;
  private static final int PANEL = 270;

  /** Of a panel, for bar and whisker; the rest is for the number behind them. */
  private static final int SCALE = 190;

  /** About what a character of the labels needs. */
  private static final double CHARACTER = 6.6;

  private static final String MILLRACE = "#0f766e";
  private static final String LIMIT = "#a8a29e";
  private static final String OTHER = "#64748b";

  private static final Panel RECORDS = new Panel("records/s", List.of(Row::recordsPerSecond));
  private static final Panel PROCESSOR = panel(Measure.CPU_PER_RECORD);
  private static final Panel DELAY =
      new Panel(
          "delay ms, p50 above p99",
          List.of(row -> row.measure(Measure.DELAY_P50), row -> row.measure(Measure.DELAY_P99)));

  private static final List<Panel> COMPARED = List.of(RECORDS, PROCESSOR, DELAY);
  private static final List<Panel> ALONE =
      List.of(
          RECORDS,
          PROCESSOR,
          panel(Measure.HEAP_MEGABYTES),
          panel(Measure.START_SECONDS),
          panel(Measure.CHECKPOINT_MILLIS));

  private final Section section;
  private final List<Row> rows;
  private final List<Panel> panels;
  private final int labels;
  private final StringWriter text = new StringWriter();
  private final XMLStreamWriter out;

  private Plot(Section section) throws XMLStreamException {
    this.section = section;
    this.rows = section.rows().stream().filter(row -> row.recordsPerSecond().isPresent()).toList();
    this.panels =
        (section.alone() ? ALONE : COMPARED)
            .stream().filter(panel -> panel.most(rows) > 0).toList();
    int longest = rows.stream().mapToInt(row -> section.label(row).length()).max().orElse(0);
    this.labels = MARGIN + (int) (longest * CHARACTER) + MARGIN;
    this.out = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
  }

  /** One or two bars a row. */
  private record Panel(String title, List<Function<Row, Optional<Spread>>> bars) {

    double most(List<Row> rows) {
      return rows.stream()
          .flatMap(row -> bars.stream().flatMap(bar -> bar.apply(row).stream()))
          .mapToDouble(Spread::max)
          .max()
          .orElse(0);
    }
  }

  private static Panel panel(Measure measure) {
    return new Panel(measure.title(), List.of(row -> row.measure(measure)));
  }

  /** The picture; empty where no row has figures. */
  static Optional<String> of(Section section) {
    try {
      Plot plot = new Plot(section);
      if (plot.panels.isEmpty()) {
        return Optional.empty();
      }
      plot.draw();
      return Optional.of(plot.text.toString());
    } catch (XMLStreamException e) {
      throw new IllegalStateException("written into memory", e);
    }
  }

  private void draw() throws XMLStreamException {
    int width = labels + panels.size() * PANEL + MARGIN;
    int height = TITLE + HEAD + rows.size() * LINE + MARGIN;
    out.writeStartElement("svg");
    out.writeDefaultNamespace(NAMESPACE);
    attributes("width", width, "height", height, "viewBox", "0 0 " + width + " " + height);
    attributes("font-family", "Inter, Helvetica, Arial, sans-serif", "font-size", 12);
    rectangle(0, 0, width, height, "#ffffff", 1);
    text(MARGIN, TITLE - 10, "start", "#0f172a", 15, section.heading());
    for (int i = 0; i < rows.size(); i++) {
      int top = TITLE + HEAD + i * LINE;
      if (i % 2 == 0) {
        rectangle(MARGIN / 2, top, width - MARGIN, LINE, "#f8fafc", 1);
      }
      text(labels - MARGIN, top + 17, "end", "#0f172a", 12, section.label(rows.get(i)));
    }
    for (int i = 0; i < panels.size(); i++) {
      draw(panels.get(i), labels + i * PANEL);
    }
    out.writeEndElement();
    out.flush();
  }

  private void draw(Panel panel, int left) throws XMLStreamException {
    text(left, TITLE + HEAD - 10, "start", "#475569", 12, panel.title());
    double unit = SCALE / panel.most(rows);
    int bars = panel.bars().size();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      int thick = (LINE - 8) / bars;
      for (int bar = 0; bar < bars; bar++) {
        Optional<Spread> spread = panel.bars().get(bar).apply(row);
        if (spread.isPresent()) {
          int top = TITLE + HEAD + i * LINE + 4 + bar * thick;
          draw(spread.get(), left, top, thick, unit, color(row), bar == 0 ? 1 : 0.55);
        }
      }
    }
  }

  private void draw(
      Spread spread, int left, int top, int thick, double unit, String color, double opacity)
      throws XMLStreamException {
    rectangle(left, top, Math.max(1, spread.median() * unit), thick - 1, color, opacity);
    double low = left + spread.min() * unit;
    double high = left + spread.max() * unit;
    double middle = top + (thick - 1) / 2.0;
    if (high - low > 1) {
      line(low, middle, high, middle);
      line(low, middle - 3, low, middle + 3);
      line(high, middle - 3, high, middle + 3);
    }
    double end = Math.max(high, left + spread.median() * unit);
    text(end + 6, middle + 4, "start", "#334155", thick > 12 ? 11 : 9, number(spread.median()));
  }

  private static String color(Row row) {
    String name = row.contender().wireName();
    return name.startsWith("millrace") ? MILLRACE : name.startsWith("limit") ? LIMIT : OTHER;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
  }

  private void rectangle(
      double x, double y, double width, double height, String fill, double opacity)
      throws XMLStreamException {
    out.writeEmptyElement("rect");
    attributes("x", x, "y", y, "width", width, "height", height, "fill", fill);
    attributes("fill-opacity", opacity);
  }

  private void line(double fromX, double fromY, double toX, double toY) throws XMLStreamException {
    out.writeEmptyElement("line");
    attributes("x1", fromX, "y1", fromY, "x2", toX, "y2", toY, "stroke", "#0f172a");
  }

  private void text(double x, double y, String anchor, String fill, int size, String words)
      throws XMLStreamException {
    out.writeStartElement("text");
    attributes("x", x, "y", y, "text-anchor", anchor, "fill", fill, "font-size", size);
    out.writeCharacters(words);
    out.writeEndElement();
  }

  /** Names and values in turn. */
  private void attributes(Object... pairs) throws XMLStreamException {
    for (int i = 0; i < pairs.length; i += 2) {
      String value =
          pairs[i + 1] instanceof Double number
              ? String.format(Locale.ROOT, "%.1f", number)
              : pairs[i + 1].toString();
      out.writeAttribute(pairs[i].toString(), value);
    }
  }
}
