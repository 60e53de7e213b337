// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import java.net.URI;
import java.util.concurrent.CompletableFuture;

/** Runs functions in a process of the user's own, which comes and goes as the user likes. */
final class UrlRuntime implements FunctionRuntime {

  private final URI invoke;
  private final CustomRuntime contract;

  UrlRuntime(URI url, CustomRuntime contract) {
    this.invoke = CustomRuntime.invokeUrl(url);
    this.contract = contract;
  }

  @Override
  public CompletableFuture<FunctionResult> invoke(FunctionCall call, byte[] event) {
    return contract.invoke(invoke, call, event);
  }

  @Override
  public void close() {
    contract.close();
  }
}
