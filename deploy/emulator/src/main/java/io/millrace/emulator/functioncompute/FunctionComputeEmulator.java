// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import io.millrace.emulator.function.FunctionEmulator;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.emulator.function.FunctionRuntime;
import io.millrace.emulator.function.FunctionService;
import io.millrace.emulator.function.Invocations;
import java.util.List;

/** Function Compute on loopback, both generations of its API, and which functions exist there. */
public final class FunctionComputeEmulator extends FunctionEmulator {

  private final FunctionStore functions;
  private final FunctionHandler handler;

  private FunctionComputeEmulator(
      FunctionService service,
      FunctionRuntime runtime,
      Invocations invocations,
      FunctionStore functions,
      FunctionHandler handler) {
    super(service, "function", runtime, invocations, handler);
    this.functions = functions;
    this.handler = handler;
  }

  /**
   * Starts it.
   *
   * @throws IllegalArgumentException with one line when the user's code cannot be run
   */
  public static FunctionComputeEmulator start(FunctionService service) {
    FunctionStore functions = new FunctionStore();
    FunctionRuntime runtime = runtime(service, new CustomRuntimeContract(), new HandlerContract());
    Invocations invocations = new Invocations(runtime, service.faults(), service.workers());
    FunctionHandler handler =
        new FunctionHandler(
            functions,
            invocations,
            service.journal(),
            service.keys(),
            service.faults(),
            service.clock());
    return new FunctionComputeEmulator(service, runtime, invocations, functions, handler);
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
