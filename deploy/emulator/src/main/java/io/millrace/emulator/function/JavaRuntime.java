// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.function.FunctionCode.Handler;
import io.millrace.emulator.function.JavaContract.Instance;
import io.millrace.emulator.function.JavaContract.Invocation;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Runs functions in the user's Java handler. As in the services an instance has one event at a
 * time: as many instances are made as events come at once, each initialized before its first one.
 */
final class JavaRuntime implements FunctionRuntime {

  private final HandlerClasses classes;
  private final Supplier<Instance> instances;
  private final PrintStream output;
  private final Supplier<ServiceKeys> keys;
  private final Executor workers;
  private final Deque<Instance> idle = new ConcurrentLinkedDeque<>();

  private JavaRuntime(
      HandlerClasses classes,
      Supplier<Instance> instances,
      PrintStream output,
      Supplier<ServiceKeys> keys,
      Executor workers) {
    this.classes = classes;
    this.instances = instances;
    this.output = output;
    this.keys = keys;
    this.workers = workers;
  }

  /**
   * Loads the handler.
   *
   * @param output gets what the handler logs
   * @throws IllegalArgumentException with one line when it cannot be loaded, or is no handler
   */
  static JavaRuntime load(
      Handler code,
      JavaContract contract,
      PrintStream output,
      Supplier<ServiceKeys> keys,
      Executor workers) {
    HandlerClasses classes = new HandlerClasses(code.classPath(), contract.sharedClasses());
    try {
      return new JavaRuntime(
          classes, contract.load(code.handler(), classes), output, keys, workers);
    } catch (RuntimeException e) {
      close(classes);
      throw e;
    }
  }

  @Override
  public CompletableFuture<FunctionResult> invoke(FunctionCall call, byte[] event) {
    CompletableFuture<FunctionResult> result = new CompletableFuture<>();
    workers.execute(() -> result.complete(run(call, event)));
    return result;
  }

  private FunctionResult run(FunctionCall call, byte[] event) {
    HandlerLog log = new HandlerLog(call.requestId(), output);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(classes);
    try {
      return FunctionResult.success(handle(event, new Invocation(call, keys.get(), log)))
          .withLog(log.lines());
    } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
      return FunctionResult.thrown(e).withLog(log.lines());
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private byte[] handle(byte[] event, Invocation invocation) throws Exception {
    Instance instance = idle.poll();
    if (instance == null) {
      instance = instances.get();
      instance.initialize(invocation);
    }
    try {
      return instance.handle(event, invocation);
    } finally {
      idle.push(instance);
    }
  }

  @Override
  public void close() {
    close(classes);
  }

  private static void close(HandlerClasses classes) {
    try {
      classes.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the function's jar", e);
    }
  }
}
