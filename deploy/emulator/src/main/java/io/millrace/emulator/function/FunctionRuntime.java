// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import java.util.concurrent.CompletableFuture;

/** Where functions run. Never throws and never fails: a function that fails has a result too. */
public interface FunctionRuntime extends AutoCloseable {

  CompletableFuture<FunctionResult> invoke(FunctionCall call, byte[] event);

  /** Ends what the runtime itself has started. */
  @Override
  default void close() {}
}
