// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.emulator.Journal;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.TlsMaterial;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.http.LoopbackServer;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Function Compute on loopback: which functions exist, what runs when they are invoked, and how
 * reachable it is. Safe for use by several threads.
 *
 * <p>All functions run the same code: a user's if one was given at the start, else the {@link
 * #handler}, which does nothing at first.
 */
public final class FunctionEmulator implements AutoCloseable {

  private static final byte[] NOTHING = {};

  private final FunctionStore functions;
  private final FunctionHandler handler;
  private final Invocations invocations;
  private final FunctionRuntime runtime;
  private final Faults faults;
  private final Executor workers;
  private final LoopbackServer server;

  private FunctionEmulator(
      FunctionStore functions,
      FunctionHandler handler,
      Invocations invocations,
      FunctionRuntime runtime,
      Faults faults,
      Executor workers,
      LoopbackServer server) {
    this.functions = functions;
    this.handler = handler;
    this.invocations = invocations;
    this.runtime = runtime;
    this.faults = faults;
    this.workers = workers;
    this.server = server;
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
  public static FunctionEmulator start(
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
    FunctionRuntime runtime = runtime(code, output, keys, workers);
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
    return new FunctionEmulator(functions, handler, invocations, runtime, faults, workers, server);
  }

  private static FunctionRuntime runtime(
      Optional<FunctionCode> code,
      PrintStream output,
      Supplier<ServiceKeys> keys,
      Executor workers) {
    if (code.isEmpty()) {
      return inline(event -> NOTHING);
    }
    FunctionCode given = code.get();
    if (given instanceof FunctionCode.Url process) {
      return new UrlRuntime(process.url(), keys);
    }
    if (given instanceof FunctionCode.Command command) {
      return new CommandRuntime(command.line(), output, keys, workers);
    }
    return new JavaRuntime((FunctionCode.Handler) given, output, keys, workers);
  }

  public URI endpoint() {
    return server.uri();
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
  public List<String> names() {
    return functions.names();
  }

  /**
   * Runs this for every invocation, in a thread of its own, so that it may block. What it throws
   * becomes a function error.
   */
  public void handler(Function<byte[], byte[]> function) {
    invocations.setRuntime(new HandlerRuntime(function, workers));
  }

  /** Prints every event as a line, and returns nothing. */
  public void printTo(PrintStream out) {
    invocations.setRuntime(
        inline(
            event -> {
              out.println(new String(event, UTF_8));
              return NOTHING;
            }));
  }

  /** Makes every invocation last this much longer; its function runs at the end of that time. */
  public void setLatency(Duration latency) {
    invocations.setLatency(latency);
  }

  /** Refuses larger events; 32 MB at first. */
  public void setMaxPayload(int bytes) {
    handler.setMaxPayload(bytes);
  }

  /** Stops listening and cuts all connections; functions that run go on running. */
  public void goDown() {
    server.goDown();
  }

  /** Listens again on the same port. */
  public void comeUp() {
    server.comeUp();
  }

  /** Whether it listens. */
  public boolean isUp() {
    return server.isUp();
  }

  /** The faults in force, of both services. */
  public Faults faults() {
    return faults;
  }

  @Override
  public void close() {
    server.close();
    runtime.close();
  }

  private static FunctionRuntime inline(Function<byte[], byte[]> function) {
    return (call, event) ->
        CompletableFuture.completedFuture(FunctionResult.success(function.apply(event)));
  }
}
