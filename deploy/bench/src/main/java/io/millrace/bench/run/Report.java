// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a run leaves to be read: {@code bench.md} with the tables and, before each, its picture;
 * {@code bench.json}; and the pictures.
 */
public final class Report {

  private Report() {}

  /** The rows as programs read them. */
  public static ArrayNode json(List<Row> rows) {
    ArrayNode all = new ObjectMapper().createArrayNode();
    rows.forEach(row -> all.add(row.json()));
    return all;
  }

  /**
   * Writes it.
   *
   * @param directory that is there
   */
  public static void write(List<Row> rows, Path directory) throws IOException {
    StringBuilder text = new StringBuilder("# millrace bench\n\n");
    int number = 0;
    for (Section section : Section.of(rows)) {
      number++;
      text.append("### ").append(section.heading()).append("\n\n");
      Optional<String> plot = Plot.of(section);
      if (plot.isPresent()) {
        String file = "bench-%d.svg".formatted(number);
        Files.writeString(directory.resolve(file), plot.get());
        text.append("![%s](%s)\n\n".formatted(section.heading(), file));
      }
      text.append(Table.of(section));
    }
    Files.writeString(directory.resolve("bench.md"), text);
    Files.writeString(directory.resolve("bench.json"), json(rows) + "\n");
  }
}
