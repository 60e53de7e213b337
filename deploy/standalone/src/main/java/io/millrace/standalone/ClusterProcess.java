// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 */
record ClusterProcess(String name, long pid, Instant started) {

  /** Starts a JVM that outlives this one, and leaves its pid file. */
  static ClusterProcess start(
      ClusterLayout layout, String name, List<String> command, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(layout.directory().toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(layout.outputOf(name).toFile()));
    builder.environment().putAll(environment);
    try {
      ProcessHandle handle = builder.start().toHandle();
      ClusterProcess process =
          new ClusterProcess(
              name, handle.pid(), handle.info().startInstant().orElse(Instant.EPOCH));
      process.write(layout.pidOf(name));
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
        Instant.parse(file.getProperty("started")));
  }

  private void write(Path pidFile) {
    Properties file = new Properties();
    file.setProperty("pid", Long.toString(pid));
    file.setProperty("started", started.toString());
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
              awaitEnd(Duration.ofSeconds(10));
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
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(handle -> handle.info().startInstant().map(started::equals).orElse(true))
        // In a container whose first process reaps no children, the dead stay listed as Z.
        .filter(handle -> !hasState('Z'));
  }

  /** The state as Linux tells it; false elsewhere. */
  private boolean hasState(char state) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The process's name is in brackets and may hold anything; the state follows it.
      return stat.charAt(stat.lastIndexOf(')') + 2) == state;
    } catch (IOException notLinuxOrGone) {
      return false;
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
