// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.dis.NewRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import picocli.CommandLine;

/** Services that are there, a trigger that is right, and what users get wrong in it. */
final class MistakenTrigger implements AutoCloseable {

  /**
   * A host that does not resolve. No part of a name has 64 characters (RFC 1035), so that is found
   * out here, and not by asking a name server that may be slow or far.
   */
  static final String NOBODY = "n".repeat(64) + ".invalid";

  /** The source's section of the trigger. */
  private static final String DATAHUB =
      "  type: datahub\n  endpoint: DATAHUB\n  project: test_project\n  topic: orders\n";

  /** The function's section of the trigger. */
  private static final String FUNCTION_COMPUTE =
      "  type: function-compute\n  endpoint: FUNCTIONS\n  service: s\n  function: f\n";

  /** From DataHub to Function Compute; names in capitals stand for what {@link #write} knows. */
  static final String RIGHT =
      "name: orders\nsource:\n"
          + DATAHUB
          + "function:\n"
          + FUNCTION_COMPUTE
          + "credentials:\n"
          + "  access-key-id: testid\n"
          + "  access-key-secret: ${file:SECRET}\n";

  private final Emulator emulator = Emulator.builder().credentials("testid", "testkey").start();

  MistakenTrigger() {
    emulator.dataHub().createProject("test_project");
    emulator.dataHub().createTopic("test_project", "orders", TopicSchema.ofStrings("v"), 2, 3);
    emulator.dis().createStream("clicks", 2);
    emulator.dis().put("clicks", NewRecord.of("a").toPartition("0"));
    emulator.functions().create("s", "f");
    emulator.functionGraph().create("p1", "default", "f");
  }

  Emulator emulator() {
    return emulator;
  }

  /**
   * @param mistake what is wrong
   * @param edit makes the mistake in a trigger that is right
   * @param says what the line must contain
   */
  record Mistake(String mistake, UnaryOperator<String> edit, String says) {

    @Override
    public String toString() {
      return mistake;
    }
  }

  static Mistake line(String before, String after, String says) {
    return new Mistake(
        after.isEmpty() ? "without " + before : after.strip(),
        text -> {
          assertThat(text).contains(before);
          return text.replace(before, after);
        },
        says);
  }

  static Mistake more(String lines, String says) {
    return new Mistake(lines.strip(), text -> text + lines + "\n", says);
  }

  static Mistake file(String mistake, String content, String says) {
    return new Mistake(mistake, text -> content, says);
  }

  /** A trigger from DIS, with these lines in its source's section. */
  static String fromDis(String text, String lines) {
    assertThat(text).contains(DATAHUB);
    return text.replace(DATAHUB, "  type: dis\n" + lines.indent(2));
  }

  /** A trigger to FunctionGraph, with these lines in its function's section. */
  static String toFunctionGraph(String text, String lines) {
    assertThat(text).contains(FUNCTION_COMPUTE);
    return text.replace(FUNCTION_COMPUTE, "  type: functiongraph\n" + lines.indent(2));
  }

  /** Both {@code check} and {@code run} answer with one line and exit code 2, and start nothing. */
  void assertAnsweredWithOneLine(Path directory, Mistake mistake) {
    Path config = write(directory, mistake.edit().apply(RIGHT));
    for (List<String> command : List.of(List.of("check"), List.of("run", "--embedded"))) {
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      List<String> arguments = new ArrayList<>(command);
      arguments.addAll(List.of("--config", config.toString()));

      int code = execute(out, err, arguments);

      assertThat(err.toString().lines().filter(line -> line.startsWith("millrace: ")))
          .as("%s: %s", command, err)
          .singleElement()
          .asString()
          .contains(mistake.says())
          .doesNotContain("Exception", "testkey");
      assertThat(code).isEqualTo(2);
      assertThat(err.toString()).doesNotContain("\tat ", "starting Flink");
      assertThat(out.toString()).doesNotContain("all is well", "runs as job");
    }
  }

  /** What {@code check} says of a trigger in which nothing is wrong. */
  String checked(Path directory, String text, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("check", "--config"));
    all.add(write(directory, text).toString());
    all.addAll(List.of(arguments));

    assertThat(execute(out, err, all)).as("%s", err).isZero();
    assertThat(out.toString()).contains("all is well");
    return out.toString();
  }

  private static int execute(StringWriter out, StringWriter err, List<String> arguments) {
    CommandLine line = Millrace.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments.toArray(String[]::new));
  }

  private Path write(Path directory, String text) {
    try {
      Path secret = Files.writeString(directory.resolve("secret"), "testkey");
      Path other = Files.writeString(directory.resolve("other"), "wrong");
      return Files.writeString(
          directory.resolve("trigger.yaml"),
          text.replace("STREAMS", emulator.disEndpoint().toString())
              .replace("DATAHUB", emulator.dataHubEndpoint().toString())
              .replace("FUNCTIONS", emulator.functionComputeEndpoint().toString())
              .replace("GRAPH", emulator.functionGraphEndpoint().toString())
              .replace("OTHER_SECRET", other.toString())
              .replace("SECRET", secret.toString()),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nothing that was wrong may have come as far as a function. */
  @Override
  public void close() {
    assertThat(emulator.journal().size()).as("invocations").isZero();
    emulator.close();
  }
}
