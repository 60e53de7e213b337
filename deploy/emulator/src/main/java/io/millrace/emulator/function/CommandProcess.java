// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.emulator.function.FunctionCode.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One run of the user's command: a process that listens on a port of its own, with all that it has
 * started. What it prints is passed on, and its end is kept. Safe for use by several threads.
 */
final class CommandProcess implements AutoCloseable {

  private static final Duration TO_LISTEN = Duration.ofMinutes(2);
  private static final Duration TO_END = Duration.ofSeconds(3);

  /** So long a process is given to say why it failed. */
  private static final Duration TO_SAY = Duration.ofMillis(100);

  /** So long one that has dropped its connections is given to be gone. */
  private static final Duration TO_EXIT = Duration.ofSeconds(5);

  private static final long POLL_MILLIS = 20;
  private static final int KEPT_LINES = 200;

  private final Process process;
  private final int port;
  private final Thread reader;
  private final Deque<String> kept = new ArrayDeque<>();
  private long printed;

  private CommandProcess(Process process, int port, PrintStream output) {
    this.process = process;
    this.port = port;
    this.reader = new Thread(() -> read(output), "emulator-command-output");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts the command and waits until it listens.
   *
   * @throws IllegalArgumentException with one line when it does not
   */
  static CommandProcess start(Command code, ProcessContract contract, PrintStream output) {
    String command = code.line();
    int wanted = code.port().orElseGet(contract::port);
    int port = wanted == 0 ? freePort() : wanted;
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", command);
    builder.redirectErrorStream(true);
    contract
        .portVariables()
        .forEach(name -> builder.environment().put(name, Integer.toString(port)));
    CommandProcess started;
    try {
      started = new CommandProcess(builder.start(), port, output);
      started.process.getOutputStream().close();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "function command: '" + command + "' cannot be started: " + e.getMessage(), e);
    }
    try {
      started.awaitListening(command, contract.portVariables().get(0));
      return started;
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  /** Where it takes invocations. */
  URI invoke() {
    return URI.create("http://127.0.0.1:" + port + "/invoke");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** How many lines it has printed. */
  long printed() {
    synchronized (kept) {
      return printed;
    }
  }

  /** The lines after so many, as far as they are kept. */
  String printedSince(long lines) {
    synchronized (kept) {
      long skipped = Math.max(0, kept.size() - (printed - lines));
      return kept.stream().skip(skipped).map(line -> line + "\n").collect(Collectors.joining());
    }
  }

  /**
   * After a failure: gives a process that is ending the time to end, and its last words to come.
   *
   * @param by who saw the failure: what the service saw may be the process's end
   */
  void settle(FunctionResult.Observer by) {
    Duration time = by == FunctionResult.Observer.SERVICE ? TO_EXIT : TO_SAY;
    try {
      if (process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
        reader.join(TO_END.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitListening(String command, String variable) {
    long deadline = System.nanoTime() + TO_LISTEN.toNanos();
    while (!listens()) {
      if (!process.isAlive()) {
        settle(FunctionResult.Observer.SERVICE);
        throw new IllegalArgumentException(
            "function command: '%s' ended with exit code %d before it listened on port %d%s"
                .formatted(command, process.exitValue(), port, lastLine()));
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalArgumentException(
            "function command: '%s' does not listen on port %d, which %s names, after"
                    .formatted(command, port, variable)
                + " "
                + TO_LISTEN.toSeconds()
                + " s"
                + lastLine());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalArgumentException("function command: interrupted while it started", e);
      }
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  private String lastLine() {
    synchronized (kept) {
      return kept.isEmpty() ? "" : "; it said: " + kept.getLast();
    }
  }

  private void read(PrintStream output) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (kept) {
          printed++;
          kept.addLast(line);
          if (kept.size() > KEPT_LINES) {
            kept.removeFirst();
          }
        }
        output.println(line);
      }
    } catch (IOException ended) {
      // Reading from a process that is destroyed.
    }
  }

  /** Ends the shell and everything under it. */
  @Override
  public void close() {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroy);
    if (!haveEnded(all)) {
      all.forEach(ProcessHandle::destroyForcibly);
      haveEnded(all);
    }
  }

  private static boolean haveEnded(List<ProcessHandle> processes) {
    CompletableFuture<?>[] ends =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(ends).get(TO_END.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException("no free port: " + e.getMessage(), e);
    }
  }
}
