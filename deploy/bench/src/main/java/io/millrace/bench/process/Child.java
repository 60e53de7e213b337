// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A process of the bench's own, and what it costs. It ends with the bench: by its standard input,
 * and by a hook. Used by one thread.
 */
public final class Child implements AutoCloseable {

  private static final int REASON_LINES = 400;

  private final String name;
  private final Process process;
  private final Path log;
  private final PrintStream in;
  private final BufferedReader out;
  private final Thread hook;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.in = new PrintStream(process.getOutputStream(), true, UTF_8);
    this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    this.hook = new Thread(process::destroyForcibly, "end-" + name);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * What is started.
   *
   * @param heap of the process, for example {@code 2g}
   * @param options of its JVM besides
   * @param environment that it gets besides this process's own
   */
  public record Program(
      String name,
      String mainClass,
      String classPath,
      String heap,
      List<String> options,
      Map<String, String> environment,
      List<String> arguments) {}

  /**
   * Starts a process.
   *
   * @param log gets its standard error
   */
  public static Child start(Program program, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + program.heap());
    command.addAll(List.of(ProcessorTime.OPTIONS));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens=") || argument.startsWith("-Dlog4j2."))
        .forEach(command::add);
    command.add("-Dmillrace.log=warn");
    command.addAll(program.options());
    command.add(program.mainClass());
    command.addAll(program.arguments());
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().putAll(program.environment());
    builder.environment().put("CLASSPATH", program.classPath());
    return new Child(program.name(), builder.start(), log);
  }

  /** The class path of this process. */
  public static String ownClassPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
        .replace(File.pathSeparator + File.pathSeparator, File.pathSeparator);
  }

  /**
   * Has an order carried out.
   *
   * @throws IOException saying why it was not
   */
  public String order(Object... words) throws IOException {
    StringBuilder line = new StringBuilder();
    for (Object word : words) {
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    in.println(line);
    String answer = out.readLine();
    if (answer == null) {
      throw new IOException("the process %s has ended%s".formatted(name, because()));
    }
    if (!answer.startsWith(Orders.DONE)) {
      throw new IOException("%s: %s: %s".formatted(name, line, answer));
    }
    return answer.substring(Orders.DONE.length()).strip();
  }

  /** Its last line on standard output, for a process that tells and is not asked. */
  public Optional<String> lastLine() throws IOException {
    String last = null;
    while (out.ready()) {
      last = out.readLine();
    }
    return Optional.ofNullable(last);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it has used since it was started. */
  public ProcessorTime processorTime() {
    return ProcessorTime.of(process.toHandle());
  }

  /**
   * The first exception in its log, in words that follow a sentence; nothing where there is none.
   */
  public String because() {
    try (var lines = Files.lines(log)) {
      return lines
          .limit(REASON_LINES)
          .filter(line -> line.contains("Exception") || line.contains("Error"))
          .findFirst()
          .map(line -> ": " + line.strip())
          .orElse("");
    } catch (IOException | java.io.UncheckedIOException unreadable) {
      return "";
    }
  }

  /** Ends it at once. */
  public void end() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // Then the hook has run or is about to, and finds nothing to end.
    }
  }

  @Override
  public void close() {
    end();
  }
}
