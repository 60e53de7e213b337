// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One process of the cluster, known by its pid file: the pid and the moment it started, so that a
 * pid that the system has given to somebody else since is never touched. Any thread, and any
 * process of the same user.
 *
 * @param name for example {@code taskmanager-3}
 * @param pid its process id
 * @param started when it started, as the system tells it
 * @param ticks the same in ticks since the system was booted, where it is told: unlike the time of
 *     day it stays the same when the clock is set
 */
record ClusterProcess(String name, long pid, Instant started, OptionalLong ticks) {

  /** How far the clock may have been set where there are no ticks to compare. */
  private static final Duration CLOCK_STEP = Duration.ofSeconds(5);

  /** The 22nd field of Linux' {@code /proc/PID/stat}, counted from the third. */
  private static final int START_TICKS = 22 - 3;

  /**
   * Becomes the process itself, with its pid. The terminal's interrupt goes to all processes of a
   * script, and is not meant for a cluster that is to outlive it; what is ignored stays so.
   */
  private static final List<String> UNINTERRUPTED =
      List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");

  /** Starts a JVM that outlives this one, and leaves its pid file. */
  static ClusterProcess start(
      ClusterLayout layout, String name, List<String> command, Map<String, String> environment) {
    List<String> line = new ArrayList<>(UNINTERRUPTED);
    line.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(layout.directory().toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(layout.outputOf(name).toFile()));
    builder.environment().putAll(environment);
    try {
      ProcessHandle handle = builder.start().toHandle();
      ClusterProcess process =
          new ClusterProcess(
              name,
              handle.pid(),
              handle.info().startInstant().orElse(Instant.EPOCH),
              startTicks(handle.pid()));
      try {
        process.write(layout.pidOf(name));
      } catch (ClusterException e) {
        // Nobody could find it again: the cluster was stopped meanwhile, or the disk is full.
        handle.destroyForcibly();
        throw e;
      }
      return process;
    } catch (IOException e) {
      throw new ClusterException(name + " cannot be started: " + e.getMessage(), e);
    }
  }

  /** What the pid file says, whether or not the process still lives. */
  static ClusterProcess read(Path pidFile) {
    Properties file = PropertyFile.read(pidFile);
    String fileName = pidFile.getFileName().toString();
    return new ClusterProcess(
        fileName.substring(0, fileName.length() - ".pid".length()),
        Long.parseLong(file.getProperty("pid")),
        Instant.parse(file.getProperty("started")),
        Optional.ofNullable(file.getProperty("ticks"))
            .map(ticks -> OptionalLong.of(Long.parseLong(ticks)))
            .orElse(OptionalLong.empty()));
  }

  private void write(Path pidFile) {
    Properties file = new Properties();
    file.setProperty("pid", Long.toString(pid));
    file.setProperty("started", started.toString());
    ticks.ifPresent(known -> file.setProperty("ticks", Long.toString(known)));
    PropertyFile.write(pidFile, file);
  }

  boolean isAlive() {
    return handle().isPresent();
  }

  /** Asks it to end. A frozen one could not hear that, and is killed: it must not move again. */
  void end() {
    handle()
        .ifPresent(
            handle -> {
              if (hasState('T')) {
                handle.destroyForcibly();
              } else {
                handle.destroy();
              }
            });
  }

  /** SIGKILL, and waits until it is gone; a process that is gone already is left alone. */
  void kill() {
    handle()
        .ifPresent(
            handle -> {
              handle.destroyForcibly();
              awaitEnd(Duration.ofMinutes(1));
            });
  }

  /** SIGSTOP: it keeps its sockets and does nothing. */
  void freeze() {
    signal("STOP");
  }

  /** SIGCONT. */
  void thaw() {
    signal("CONT");
  }

  /** True when it ended within this time. */
  boolean awaitEnd(Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < deadline) {
      if (!isAlive()) {
        return true;
      }
      pause();
    }
    return !isAlive();
  }

  /** A tenth of a second between two looks at the world outside. */
  static void pause() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    if (Thread.interrupted()) {
      Thread.currentThread().interrupt();
      throw new ClusterException("Interrupted while waiting for the cluster");
    }
  }

  /** The live process behind the pid file. */
  Optional<ProcessHandle> handle() {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isTheSame);
  }

  /** False where it is dead, or the system has given the pid to another process since. */
  private boolean isTheSame(ProcessHandle handle) {
    // In a container whose first process reaps no children, the dead stay listed as Z. One look
    // for both, as it may be reaped between two.
    Optional<String[]> now = stat(pid);
    if (now.filter(fields -> fields[0].charAt(0) == 'Z').isPresent()) {
      return false;
    }
    if (ticks.isPresent()) {
      return now.filter(fields -> Long.parseLong(fields[START_TICKS]) == ticks.getAsLong())
          .isPresent();
    }
    return handle
        .info()
        .startInstant()
        .map(instant -> Duration.between(started, instant).abs().compareTo(CLOCK_STEP) <= 0)
        .orElse(true);
  }

  /** The state as Linux tells it; false elsewhere. */
  private boolean hasState(char state) {
    return stat(pid).stream().anyMatch(fields -> fields[0].charAt(0) == state);
  }

  private static OptionalLong startTicks(long pid) {
    return stat(pid).stream().mapToLong(fields -> Long.parseLong(fields[START_TICKS])).findFirst();
  }

  /** What Linux tells of a process, from its state on; nothing elsewhere, or when it is gone. */
  private static Optional<String[]> stat(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The process's name is in brackets and may hold anything; the state follows it.
      return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
    } catch (IOException notLinuxOrGone) {
      return Optional.empty();
    }
  }

  private void signal(String signal) {
    if (!isAlive()) {
      throw new ClusterException(name + " (pid " + pid + ") is not running");
    }
    try {
      int status =
          new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
              .inheritIO()
              .start()
              .waitFor();
      if (status != 0) {
        throw new ClusterException("kill -" + signal + " " + pid + " ended with " + status);
      }
    } catch (IOException e) {
      throw new ClusterException("kill -" + signal + " " + pid + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("Interrupted", e);
    }
  }
}
