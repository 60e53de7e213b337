// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.options.OptionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The text of a trigger: flat keys, each with its value and the place where it was written. Nested
 * and dotted keys mean the same. Says nothing about which keys exist.
 */
final class TriggerFile {

  /**
   * One key.
   *
   * @param key flat, for example {@code delivery.batch.max-records}
   * @param value as written; of a list its items, with semicolons between
   * @param list whether it was written as a list
   * @param origin {@code file:line}, or {@code command line}
   */
  record Entry(String key, String value, boolean list, String origin) {

    OptionException refused(String why) {
      return new OptionException(origin + ": " + key + ": " + why);
    }
  }

  private final String file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private TriggerFile(String file) {
    this.file = file;
  }

  /**
   * Reads a file, and lays the overrides over it.
   *
   * @throws OptionException when the file is not there, is no YAML, or has a key twice
   */
  static Map<String, Entry> read(Path path, Map<String, String> overrides) {
    TriggerFile trigger = new TriggerFile(path.toString());
    trigger.parse(text(path));
    overrides.forEach((key, value) -> trigger.override(key, value));
    return trigger.entries;
  }

  private static String text(Path path) {
    try {
      return Files.readString(path, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new OptionException(path + ": no such file; accepted: a trigger file in YAML");
    } catch (IOException e) {
      throw new OptionException(path + ": cannot be read as UTF-8 text: " + e.getMessage());
    }
  }

  private void parse(String text) {
    Optional<Node> root;
    try {
      root = new Compose(LoadSettings.builder().setLabel(file).build()).composeString(text);
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      throw new OptionException(
          mark.map(this::at).orElse(file) + ": not valid YAML: " + oneLine(e.getProblem()));
    } catch (YamlEngineException e) {
      throw new OptionException(file + ": not valid YAML: " + oneLine(e.getMessage()));
    }
    if (root.isEmpty() || isNull(root.get())) {
      throw new OptionException(
          file + ": is empty; accepted: a trigger with name, source, function");
    }
    if (root.get() instanceof MappingNode mapping) {
      flatten("", mapping);
    } else {
      throw new OptionException(
          at(root.get()) + ": accepted: keys and values, the first usually name: …");
    }
  }

  private void flatten(String prefix, MappingNode mapping) {
    for (NodeTuple tuple : mapping.getValue()) {
      Node keyNode = tuple.getKeyNode();
      if (!(keyNode instanceof ScalarNode scalarKey)) {
        throw new OptionException(at(keyNode) + ": a key must be a plain text");
      }
      String key = prefix + scalarKey.getValue();
      Node value = tuple.getValueNode();
      if (key.equals("triggers")) {
        throw new OptionException(
            at(keyNode)
                + ": triggers: a list of triggers is not available in this version; accepted: one"
                + " trigger in a file");
      }
      if (value.isRecursive()) {
        throw new OptionException(at(keyNode) + ": " + key + ": contains itself");
      }
      if (value instanceof MappingNode section) {
        flatten(key + ".", section);
      } else if (value instanceof SequenceNode sequence) {
        add(new Entry(key, joined(key, sequence), true, at(keyNode)));
      } else if (value instanceof ScalarNode scalar) {
        if (isNull(scalar)) {
          throw new OptionException(
              at(keyNode) + ": " + key + ": has no value; give one or leave the key out");
        }
        add(new Entry(key, scalar.getValue(), false, at(keyNode)));
      }
    }
  }

  /** Flink writes a list as text with semicolons. */
  private String joined(String key, SequenceNode sequence) {
    List<String> items = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      if (!(item instanceof ScalarNode scalar)) {
        throw new OptionException(at(item) + ": " + key + ": accepted: a list of plain values");
      }
      items.add(scalar.getValue());
    }
    return String.join(";", items);
  }

  private void add(Entry entry) {
    Entry first = entries.putIfAbsent(entry.key(), entry);
    if (first != null) {
      throw entry.refused("is given twice; the first time at " + first.origin());
    }
  }

  private void override(String key, String value) {
    entries.put(key, new Entry(key, value, false, "command line"));
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private String at(Node node) {
    return node.getStartMark().map(this::at).orElse(file);
  }

  private String at(Mark mark) {
    return file + ":" + (mark.getLine() + 1);
  }

  private static String oneLine(String text) {
    return text == null ? "(no reason given)" : text.lines().findFirst().orElse("").strip();
  }
}
