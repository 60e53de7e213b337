// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What another JVM of this machine holds, as the JDK's own tool and the kernel tell it.
 *
 * <p>The heap is what a full collection leaves, which {@code jcmd} asks for: what is in use between
 * collections says more of the collector's mood than of the program. One call of {@code jcmd} does
 * both, so that the collection costs the process a tenth of a second and the machine the start of
 * one small JVM. JMX would need an agent in the process, with threads and sockets of its own.
 */
final class ProcessProbe {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessProbe.class);

  /** A soak samples several processes again and again, and goes without a value now and then. */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private static final Pattern HEAP = Pattern.compile("total \\d+K, used (\\d+)K");
  private static final Pattern METASPACE = Pattern.compile("Metaspace +used (\\d+)K");

  /** Threads that come and go with the JVM's own work. */
  private static final List<String> OF_THE_JVM =
      List.of("GC Thread", "G1 ", "C1 Comp", "C2 Comp", "VM ", "Sweeper", "Attach Listener");

  /** Of what Linux says of a process: dead, and stopped by a signal. */
  private static final Set<Character> GONE = Set.of('Z', 'X', 'T');

  private final Path commands;
  private final Path tool;
  private final Duration patience;

  /**
   * @param directory where it keeps what {@code jcmd} is to do
   */
  ProcessProbe(Path directory) throws IOException {
    this(directory, Path.of(System.getProperty("java.home"), "bin", "jcmd"), PATIENCE);
  }

  /**
   * @param tool that asks processes
   * @param patience with it and with them
   */
  ProcessProbe(Path directory, Path tool, Duration patience) throws IOException {
    this.tool = tool;
    this.patience = patience;
    commands = Files.writeString(directory.resolve("sampled.jcmd"), "GC.run\nGC.heap_info\n");
  }

  /** One or more values of a process. */
  private interface Reading {
    void into(Map<Quantity, Double> values) throws IOException, InterruptedException;
  }

  /**
   * Reads all of it; what cannot be read has no value.
   *
   * @return nothing of a process that is dead, or dies or is stopped meanwhile
   */
  Map<Quantity, Double> read(long pid) throws InterruptedException {
    Map<Quantity, Double> values = new EnumMap<>(Quantity.class);
    if (moves(pid)) {
      read(pid, values, its -> memory(pid, its));
      read(pid, values, its -> its.put(Quantity.THREADS, threads(pid)));
      read(pid, values, its -> files(pid, its));
    }
    // Of one that has ended meanwhile the kernel shows neither threads nor files.
    return moves(pid) ? values : Map.of();
  }

  private static void read(long pid, Map<Quantity, Double> values, Reading reading)
      throws InterruptedException {
    try {
      reading.into(values);
    } catch (IOException e) {
      LOG.info("Process {} is not read: {}", pid, e.toString());
    }
  }

  private static boolean moves(long pid) {
    try {
      String stat = Files.readString(process(pid).resolve("stat"));
      // The process's name is in brackets and may hold anything; the state follows it.
      return !GONE.contains(stat.charAt(stat.lastIndexOf(')') + 2));
    } catch (IOException gone) {
      return false;
    }
  }

  private void memory(long pid, Map<Quantity, Double> values)
      throws IOException, InterruptedException {
    Process asked =
        new ProcessBuilder(
                tool.toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-J-Dsun.tools.attach.attachTimeout=" + patience.toMillis(),
                Long.toString(pid),
                "-f",
                commands.toString())
            .redirectErrorStream(true)
            .start();
    try {
      asked.getOutputStream().close();
      // A process that stands still would be waited for; what it says fits into the pipe.
      if (!asked.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("it does not answer jcmd");
      }
      String answer = new String(asked.getInputStream().readAllBytes(), UTF_8);
      if (asked.exitValue() != 0) {
        throw new IOException(
            "jcmd says " + answer.lines().limit(2).collect(Collectors.joining(" ")));
      }
      values.put(Quantity.HEAP, heap(answer));
      values.put(Quantity.METASPACE, metaspace(answer));
    } finally {
      asked.destroyForcibly();
    }
  }

  /** Bytes of the heap in use, of the collectors that have it in one part and of others. */
  static double heap(String heapInfo) throws IOException {
    return kilobytes(HEAP, heapInfo);
  }

  /** Bytes of metaspace in use. */
  static double metaspace(String heapInfo) throws IOException {
    return kilobytes(METASPACE, heapInfo);
  }

  private static double kilobytes(Pattern part, String heapInfo) throws IOException {
    Matcher matcher = part.matcher(heapInfo);
    double bytes = 0;
    boolean found = false;
    while (matcher.find()) {
      bytes += Long.parseLong(matcher.group(1)) * 1024.0;
      found = true;
    }
    if (!found) {
      throw new IOException("nothing like '%s' in: %s".formatted(part, heapInfo));
    }
    return bytes;
  }

  private static double threads(long pid) throws IOException {
    int threads = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(process(pid).resolve("task"))) {
      for (Path task : tasks) {
        try {
          String name = Files.readString(task.resolve("comm"));
          threads += OF_THE_JVM.stream().anyMatch(name::startsWith) ? 0 : 1;
        } catch (IOException endedMeanwhile) {
          // It is no thread any more.
        }
      }
    }
    return threads;
  }

  private static void files(long pid, Map<Quantity, Double> values) throws IOException {
    double sockets = 0;
    double others = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process(pid).resolve("fd"))) {
      for (Path file : files) {
        try {
          if (Files.readSymbolicLink(file).toString().startsWith("socket:")) {
            sockets++;
          } else {
            others++;
          }
        } catch (NoSuchFileException closedMeanwhile) {
          // It is not held any more.
        }
      }
    }
    values.put(Quantity.SOCKETS, sockets);
    values.put(Quantity.OPEN_FILES, others);
  }

  private static Path process(long pid) {
    return Path.of("/proc", Long.toString(pid));
  }
}
