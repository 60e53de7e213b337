// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.function.FunctionCode.Command;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Runs functions in a process that it starts from a command, and starts again, for the next
 * invocation, when it has ended. What the process prints during an invocation is the invocation's
 * log.
 */
final class CommandRuntime implements FunctionRuntime {

  private final Command command;
  private final PrintStream output;
  private final ProcessContract processes;
  private final CustomRuntime contract;
  private final Executor workers;
  private CommandProcess process;
  private boolean closed;

  /**
   * Starts the process for the first time.
   *
   * @param output gets what the process prints
   * @param workers for invocations that wait for a start
   * @throws IllegalArgumentException with one line when the process does not come up
   */
  CommandRuntime(
      Command command,
      PrintStream output,
      ProcessContract processes,
      Supplier<ServiceKeys> keys,
      Executor workers) {
    this.command = command;
    this.output = output;
    this.processes = processes;
    this.workers = workers;
    this.process = CommandProcess.start(command, processes, output);
    this.contract = new CustomRuntime(processes, keys);
  }

  @Override
  public CompletableFuture<FunctionResult> invoke(FunctionCall call, byte[] event) {
    return CompletableFuture.supplyAsync(this::running, workers)
        .thenCompose(running -> invoke(running, call, event))
        .exceptionally(CommandRuntime::notStarted);
  }

  private CompletableFuture<FunctionResult> invoke(
      CommandProcess running, FunctionCall call, byte[] event) {
    long mark = running.printed();
    return contract
        .invoke(running.invoke(), call, event)
        .thenApplyAsync(
            result -> {
              result.failure().ifPresent(failure -> running.settle(failure.observer()));
              return result.withLog(running.printedSince(mark));
            },
            workers);
  }

  private synchronized CommandProcess running() {
    if (!process.isAlive() && !closed) {
      process.close();
      process = CommandProcess.start(command, processes, output);
    }
    return process;
  }

  private static FunctionResult notStarted(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return FunctionResult.ended("Function instance exited unexpectedly: " + cause.getMessage());
  }

  @Override
  public synchronized void close() {
    closed = true;
    process.close();
    contract.close();
  }
}
