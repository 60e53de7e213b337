// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Runs a Java function, each invocation in a thread that it may block. */
final class HandlerRuntime implements FunctionRuntime {

  private final Function<byte[], byte[]> handler;
  private final Executor executor;

  HandlerRuntime(Function<byte[], byte[]> handler, Executor executor) {
    this.handler = handler;
    this.executor = executor;
  }

  @Override
  public CompletableFuture<FunctionResult> invoke(FunctionCall call, byte[] event) {
    CompletableFuture<FunctionResult> result = new CompletableFuture<>();
    executor.execute(() -> result.complete(run(event)));
    return result;
  }

  private FunctionResult run(byte[] event) {
    try {
      return FunctionResult.success(handler.apply(event));
    } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
      return FunctionResult.thrown(e);
    }
  }
}
