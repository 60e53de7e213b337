// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import io.millrace.emulator.Journal;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.TlsMaterial;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.function.FunctionCode;
import io.millrace.emulator.function.FunctionEmulator;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.emulator.function.FunctionRuntime;
import io.millrace.emulator.function.Invocations;
import io.millrace.emulator.http.LoopbackServer;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Function Compute on loopback, both generations of its API, and which functions exist there. */
public final class FunctionComputeEmulator extends FunctionEmulator {

  private final FunctionStore functions;
  private final FunctionHandler handler;

  private FunctionComputeEmulator(
      FunctionStore functions,
      FunctionHandler handler,
      Invocations invocations,
      FunctionRuntime runtime,
      Faults faults,
      Executor workers,
      LoopbackServer server) {
    super(invocations, runtime, faults, workers, server);
    this.functions = functions;
    this.handler = handler;
  }

  /**
   * Starts it.
   *
   * @param code the user's, that all functions run
   * @param output gets what the user's code prints or logs
   * @param keys looked up for every request
   * @param clock to check the Date header with; absent to leave it unchecked
   * @param workers for functions that block, and for requests that a fault delays
   * @throws IllegalArgumentException with one line when the user's code cannot be run
   */
  public static FunctionComputeEmulator start(
      int port,
      Optional<TlsMaterial> tls,
      Optional<FunctionCode> code,
      PrintStream output,
      Journal journal,
      Supplier<ServiceKeys> keys,
      Faults faults,
      Optional<InstantSource> clock,
      Executor workers) {
    FunctionStore functions = new FunctionStore();
    FunctionRuntime runtime =
        runtime(code, new CustomRuntimeContract(), new HandlerContract(), output, keys, workers);
    Invocations invocations = new Invocations(runtime, faults, workers);
    FunctionHandler handler =
        new FunctionHandler(functions, invocations, journal, keys, faults, clock);
    LoopbackServer server;
    try {
      server = LoopbackServer.start("function", port, tls, handler);
    } catch (RuntimeException e) {
      runtime.close();
      throw e;
    }
    return new FunctionComputeEmulator(
        functions, handler, invocations, runtime, faults, workers, server);
  }

  /** Creates a function and its service; one that exists is replaced. */
  public void create(String service, String function) {
    create(service, function, FunctionLimits.DEFAULT);
  }

  /** Creates a function and its service; one that exists is replaced. */
  public void create(String service, String function, FunctionLimits limits) {
    functions.create(service, function, limits);
  }

  /** Creates a function of 3.0, which belongs to no service; one that exists is replaced. */
  public void create(String function) {
    create(function, FunctionLimits.DEFAULT);
  }

  /** Creates a function of 3.0, which belongs to no service; one that exists is replaced. */
  public void create(String function, FunctionLimits limits) {
    functions.create("", function, limits);
  }

  /** Makes a version or alias known, of a service; {@code LATEST} is known always. */
  public void publishService(String service, String qualifier) {
    functions.publish(service, "", qualifier);
  }

  /** Makes a version or alias known, of a function of 3.0; {@code LATEST} is known always. */
  public void publishFunction(String function, String qualifier) {
    functions.publish("", function, qualifier);
  }

  /** Deletes a function of 3.0; false if there is none. */
  public boolean delete(String function) {
    return functions.delete("", function);
  }

  /** Deletes a function; false if there is none. */
  public boolean delete(String service, String function) {
    return functions.delete(service, function);
  }

  /** The names of all functions, as {@code service/function}, or bare under 3.0. */
  @Override
  public List<String> names() {
    return functions.names();
  }

  /** Refuses larger events; 32 MB at first. */
  @Override
  public void setMaxPayload(int bytes) {
    handler.setMaxPayload(bytes);
  }
}
