// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import io.millrace.emulator.Journal;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.TlsMaterial;
import io.millrace.emulator.auth.SdkHmacVerifier;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.function.FunctionCode;
import io.millrace.emulator.function.FunctionEmulator;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.emulator.function.FunctionRuntime;
import io.millrace.emulator.function.Invocations;
import io.millrace.emulator.http.LoopbackServer;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** FunctionGraph on loopback, and which functions exist there. */
public final class FunctionGraphEmulator extends FunctionEmulator {

  private final FunctionGraphStore functions;
  private final FunctionGraphHandler handler;

  private FunctionGraphEmulator(
      FunctionGraphStore functions,
      FunctionGraphHandler handler,
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
   * @param clock to check the date of a signature with; absent to leave it unchecked
   * @param workers for functions that block, and for requests that a fault delays
   * @throws IllegalArgumentException with one line when the user's code cannot be run
   */
  public static FunctionGraphEmulator start(
      int port,
      Optional<TlsMaterial> tls,
      Optional<FunctionCode> code,
      PrintStream output,
      Journal journal,
      Supplier<ServiceKeys> keys,
      Faults faults,
      Optional<InstantSource> clock,
      Executor workers) {
    FunctionGraphStore functions = new FunctionGraphStore();
    FunctionRuntime runtime =
        runtime(code, new ContainerContract(), new MethodContract(), output, keys, workers);
    Invocations invocations = new Invocations(runtime, faults, workers);
    FunctionGraphHandler handler =
        new FunctionGraphHandler(
            functions,
            invocations,
            journal,
            keys,
            faults,
            new SdkHmacVerifier("functiongraph", clock));
    LoopbackServer server;
    try {
      server = LoopbackServer.start("functiongraph", port, tls, handler);
    } catch (RuntimeException e) {
      runtime.close();
      throw e;
    }
    return new FunctionGraphEmulator(
        functions, handler, invocations, runtime, faults, workers, server);
  }

  /** Creates a function; one that exists is replaced. */
  public void create(String project, String group, String function) {
    create(project, group, function, FunctionLimits.DEFAULT);
  }

  /**
   * Creates a function; one that exists is replaced.
   *
   * @param group its package
   */
  public void create(String project, String group, String function, FunctionLimits limits) {
    functions.create(project, group, function, limits);
  }

  /**
   * Makes a version of a function known, or an alias; {@code latest} is known always.
   *
   * @param qualifier a version, or an alias behind {@code !}
   */
  public void publish(String project, String group, String function, String qualifier) {
    functions.publish(project, group, function, qualifier);
  }

  /** Deletes a function; false if there is none. */
  public boolean delete(String project, String group, String function) {
    return functions.delete(project, group, function);
  }

  /** The names of all functions, as {@code project:package:name}. */
  @Override
  public List<String> names() {
    return functions.names();
  }

  /** Refuses larger events; 6,000,000 bytes at first. */
  @Override
  public void setMaxPayload(int bytes) {
    handler.change(settings -> settings.withMaxPayload(bytes));
  }

  /** Answers callers with 504 after this time, while the function runs on; 90 s at first. */
  public void setGatewayTimeout(Duration timeout) {
    handler.change(settings -> settings.withGatewayTimeout(timeout));
  }

  /** The HTTP status of an answer when the function failed; 200 at first. */
  public void setErrorStatus(int status) {
    handler.change(settings -> settings.withErrorStatus(status));
  }
}
