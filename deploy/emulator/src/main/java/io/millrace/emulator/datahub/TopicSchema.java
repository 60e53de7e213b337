// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the records of a topic hold: the columns of a TUPLE topic, or the bytes of a BLOB topic.
 *
 * @param blob whether this is a BLOB topic, which has no columns
 * @param initialColumns how many columns the topic was created with; the others were appended
 */
public record TopicSchema(boolean blob, List<Column> columns, int initialColumns) {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<String> TYPES =
      Set.of(
          "BIGINT",
          "DOUBLE",
          "BOOLEAN",
          "TIMESTAMP",
          "STRING",
          "DECIMAL",
          "INTEGER",
          "FLOAT",
          "TINYINT",
          "SMALLINT");

  public TopicSchema {
    columns = List.copyOf(columns);
    if (blob != columns.isEmpty()) {
      throw new IllegalArgumentException(
          blob ? "a BLOB topic has no columns" : "a TUPLE topic needs a column");
    }
  }

  /** A schema of its first columns. */
  public TopicSchema(boolean blob, List<Column> columns) {
    this(blob, columns, columns.size());
  }

  /** This schema with more columns. */
  TopicSchema with(List<Column> appended) {
    if (blob) {
      throw DataHubException.invalidParameter("A BLOB topic has no fields.");
    }
    List<Column> all = new ArrayList<>(columns);
    for (Column column : appended) {
      if (all.stream().anyMatch(other -> other.name().equals(column.name()))) {
        throw DataHubException.invalidParameter("The field exists: " + column.name());
      }
      all.add(column);
    }
    return new TopicSchema(false, all, initialColumns);
  }

  /**
   * One column.
   *
   * @param type BIGINT, DOUBLE, BOOLEAN, TIMESTAMP, STRING, DECIMAL, INTEGER, FLOAT, TINYINT or
   *     SMALLINT
   */
  public record Column(String name, String type, boolean notNull, String comment) {

    public Column {
      name = name.toLowerCase(Locale.ROOT);
      type = type.toUpperCase(Locale.ROOT);
      if (name.isEmpty() || name.equals("system_time")) {
        throw new IllegalArgumentException("'" + name + "' is not a column name");
      }
      if (!TYPES.contains(type)) {
        throw new IllegalArgumentException(
            "column "
                + name
                + ": "
                + type
                + " is not a type; one of "
                + TYPES.stream().sorted().toList());
      }
    }

    /** A column that may be null. */
    public static Column of(String name, String type) {
      return new Column(name, type, false, "");
    }
  }

  /** Of a BLOB topic. */
  public static TopicSchema ofBlob() {
    return new TopicSchema(true, List.of());
  }

  /** Of a TUPLE topic. */
  public static TopicSchema ofTuple(Column... columns) {
    return new TopicSchema(false, List.of(columns));
  }

  /** Of a TUPLE topic whose columns are all STRING. */
  public static TopicSchema ofStrings(String... names) {
    return new TopicSchema(
        false, Arrays.stream(names).map(name -> Column.of(name, "STRING")).toList());
  }

  /** Reads the service's own form, a JSON object as text. */
  static TopicSchema parse(String json) {
    try {
      List<Column> columns = new ArrayList<>();
      for (JsonNode field : MAPPER.readTree(json).path("fields")) {
        columns.add(
            new Column(
                field.path("name").asText(),
                field.path("type").asText(),
                field.path("notnull").asBoolean(),
                field.path("comment").asText()));
      }
      return new TopicSchema(false, columns);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw DataHubException.invalidParameter("The schema is invalid: " + e.getMessage());
    }
  }

  /** Writes the service's own form. */
  String toJson() {
    ObjectNode schema = MAPPER.createObjectNode();
    for (Column column : columns) {
      ObjectNode field =
          schema
              .withArray("fields")
              .addObject()
              .put("name", column.name())
              .put("type", column.type());
      if (column.notNull()) {
        field.put("notnull", true);
      }
      if (!column.comment().isEmpty()) {
        field.put("comment", column.comment());
      }
    }
    return schema.toString();
  }
}
