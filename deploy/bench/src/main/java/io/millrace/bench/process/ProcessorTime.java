// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a JVM has used of the processors.
 *
 * @param all of its threads, those that have ended too
 * @param jit of its compilers; empty where the system does not tell
 * @param gc of its garbage collector, and of the thread that halts all others for it; empty where
 *     the system does not tell
 * @param task of the threads of Flink's tasks that begin with a source; empty where the system does
 *     not tell
 */
public record ProcessorTime(
    Duration all, Optional<Duration> jit, Optional<Duration> gc, Optional<Duration> task) {

  /** Keeps the JVM from ending threads of its own, whose times would end with them. */
  static final String[] OPTIONS = {
    "-XX:-UseDynamicNumberOfCompilerThreads", "-XX:-UseDynamicNumberOfGCThreads"
  };

  /** Linux counts in hundredths of a second for programs, whatever it does inside. */
  private static final int TICK_MILLIS = 10;

  /** Behind the name: the state is the first, user and system time are the 12th and 13th. */
  private static final int USER = 11;

  static ProcessorTime of(ProcessHandle process) {
    Duration all = process.info().totalCpuDuration().orElse(Duration.ZERO);
    Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
    if (!Files.isDirectory(threads)) {
      return untold(all);
    }
    long jit = 0;
    long gc = 0;
    long task = 0;
    try (DirectoryStream<Path> each = Files.newDirectoryStream(threads)) {
      for (Path thread : each) {
        String stat = stat(thread);
        String name = stat.substring(stat.indexOf('(') + 1, Math.max(stat.lastIndexOf(')'), 1));
        if (isCompiler(name)) {
          jit += millis(stat);
        } else if (isCollector(name)) {
          gc += millis(stat);
        } else if (isTask(name)) {
          task += millis(stat);
        }
      }
    } catch (IOException | RuntimeException ended) {
      return untold(all);
    }
    return new ProcessorTime(
        all,
        Optional.of(Duration.ofMillis(jit)),
        Optional.of(Duration.ofMillis(gc)),
        Optional.of(Duration.ofMillis(task)));
  }

  /** Of a system that tells no more. */
  public static ProcessorTime untold(Duration all) {
    return new ProcessorTime(all, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** One that has ended meanwhile was none of those that are looked for. */
  private static String stat(Path thread) {
    try {
      return Files.readString(thread.resolve("stat"), UTF_8);
    } catch (IOException ended) {
      return "()";
    }
  }

  private static boolean isCompiler(String thread) {
    return thread.startsWith("C1 Compiler") || thread.startsWith("C2 Compiler");
  }

  private static boolean isCollector(String thread) {
    return thread.startsWith("GC Thread") || thread.startsWith("G1 ") || thread.equals("VM Thread");
  }

  /** Flink names the thread of a task for its operators, the first of which is the source. */
  private static boolean isTask(String thread) {
    return thread.startsWith("Source: ");
  }

  private static long millis(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[USER]) + Long.parseLong(fields[USER + 1])) * TICK_MILLIS;
  }

  /** What was used since then. */
  public ProcessorTime minus(ProcessorTime before) {
    return new ProcessorTime(
        all.minus(before.all),
        difference(jit, before.jit),
        difference(gc, before.gc),
        difference(task, before.task));
  }

  private static Optional<Duration> difference(Optional<Duration> now, Optional<Duration> before) {
    return now.flatMap(value -> before.map(value::minus));
  }

  public OptionalDouble jitPercent() {
    return percent(jit);
  }

  public OptionalDouble gcPercent() {
    return percent(gc);
  }

  public OptionalDouble taskPercent() {
    return percent(task);
  }

  private OptionalDouble percent(Optional<Duration> part) {
    return part.isEmpty() || all.isZero()
        ? OptionalDouble.empty()
        : OptionalDouble.of(100.0 * part.get().toNanos() / all.toNanos());
  }
}
