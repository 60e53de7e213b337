// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import io.millrace.emulator.Journal;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.TlsMaterial;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.http.Exchange;
import io.millrace.emulator.http.LoopbackServer;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What an emulated function service is started with.
 *
 * @param port 0 for any free one
 * @param code the user's, that all functions run
 * @param output gets what the user's code prints or logs
 * @param keys looked up for every request
 * @param clock to check the date of a signature with; absent to leave it unchecked
 * @param workers for functions that block, and for requests that a fault delays
 */
public record FunctionService(
    int port,
    Optional<TlsMaterial> tls,
    Optional<FunctionCode> code,
    PrintStream output,
    Journal journal,
    Supplier<ServiceKeys> keys,
    Faults faults,
    Optional<InstantSource> clock,
    Executor workers) {

  /** Listens; where that fails, what was to run is closed. */
  LoopbackServer listen(String name, Consumer<Exchange> handler, FunctionRuntime runtime) {
    try {
      return LoopbackServer.start(name, port, tls, handler);
    } catch (RuntimeException e) {
      runtime.close();
      throw e;
    }
  }
}
