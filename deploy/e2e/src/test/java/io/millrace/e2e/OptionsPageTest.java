// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.DeliveryOptions;
import io.millrace.dispatch.FunctionConnector;
import io.millrace.job.TriggerOptions;
import io.millrace.source.SourceOptions;
import io.millrace.source.StreamConnector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.junit.jupiter.api.Test;

/** Holds the manual's options page to the code: every key, default and description. */
class OptionsPageTest {

  private static final Path PAGE = Path.of("../../src/site/markdown/options.md");
  private static final Path EXPECTED = Path.of("target/options.md");

  private record Section(String title, List<ConfigOption<?>> options) {}

  @Test
  void thePageSaysWhatTheCodeDoes() throws IOException {
    String page = Files.readString(PAGE);
    String expected = page.substring(0, page.indexOf("\n## ") + 1) + tables();
    Files.createDirectories(EXPECTED.getParent());
    Files.writeString(EXPECTED, expected);
    assertThat(page)
        .as("src/site/markdown/options.md; what it should be is in deploy/e2e/" + EXPECTED)
        .isEqualTo(expected);
  }

  private static String tables() {
    StringBuilder tables = new StringBuilder();
    for (Section section : sections()) {
      assertThat(section.options()).as(section.title()).isNotEmpty();
      if (!tables.isEmpty()) {
        tables.append('\n');
      }
      tables.append("## ").append(section.title()).append("\n\n");
      tables.append("| key | default | meaning |\n| --- | --- | --- |\n");
      for (ConfigOption<?> option : section.options()) {
        String description = new HtmlFormatter().format(option.description());
        assertThat(description).as(option.key()).isNotBlank();
        tables.append(
            "| `%s` | %s | %s |\n".formatted(option.key(), byDefault(option), cell(description)));
      }
    }
    return tables.toString();
  }

  private static List<Section> sections() {
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("Trigger", TriggerOptions.all()));
    sections.add(new Section("Source, of any type", SourceOptions.all()));
    for (StreamConnector connector : ServiceLoader.load(StreamConnector.class)) {
      sections.add(new Section("`source.type: " + connector.type() + "`", connector.options()));
    }
    sections.add(new Section("Delivery", DeliveryOptions.all()));
    for (FunctionConnector connector : ServiceLoader.load(FunctionConnector.class)) {
      sections.add(new Section("`function.type: " + connector.type() + "`", connector.options()));
    }
    return sections;
  }

  private static String byDefault(ConfigOption<?> option) {
    Object value = option.defaultValue();
    if (value == null) {
      return "–";
    }
    if (value instanceof Duration duration) {
      return TimeUtils.formatWithHighestUnit(duration);
    }
    if (value instanceof MemorySize size) {
      return size.toString();
    }
    if (value instanceof Enum<?> constant) {
      return "`" + constant.name().toLowerCase(Locale.ROOT) + "`";
    }
    return "`" + value + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
