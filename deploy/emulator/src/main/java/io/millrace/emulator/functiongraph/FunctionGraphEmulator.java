// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import io.millrace.emulator.auth.SdkHmacVerifier;
import io.millrace.emulator.function.FunctionEmulator;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.emulator.function.FunctionRuntime;
import io.millrace.emulator.function.FunctionService;
import io.millrace.emulator.function.Invocations;
import java.time.Duration;
import java.util.List;

/** FunctionGraph on loopback, and which functions exist there. */
public final class FunctionGraphEmulator extends FunctionEmulator {

  private final FunctionGraphStore functions;
  private final FunctionGraphHandler handler;

  private FunctionGraphEmulator(
      FunctionService service,
      FunctionRuntime runtime,
      Invocations invocations,
      FunctionGraphStore functions,
      FunctionGraphHandler handler) {
    super(service, "functiongraph", runtime, invocations, handler);
    this.functions = functions;
    this.handler = handler;
  }

  /**
   * Starts it.
   *
   * @throws IllegalArgumentException with one line when the user's code cannot be run
   */
  public static FunctionGraphEmulator start(FunctionService service) {
    FunctionGraphStore functions = new FunctionGraphStore();
    FunctionRuntime runtime = runtime(service, new ContainerContract(), new MethodContract());
    Invocations invocations = new Invocations(runtime, service.faults(), service.workers());
    FunctionGraphHandler handler =
        new FunctionGraphHandler(
            functions,
            invocations,
            service.journal(),
            service.keys(),
            service.faults(),
            new SdkHmacVerifier("functiongraph", service.clock()));
    return new FunctionGraphEmulator(service, runtime, invocations, functions, handler);
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
