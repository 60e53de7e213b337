// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.http.Exchange;
import io.millrace.emulator.http.LoopbackServer;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A function service on loopback: what runs when its functions are invoked, and how reachable it
 * is. Safe for use by several threads.
 *
 * <p>All functions run the same code: a user's if one was given at the start, else the {@link
 * #handler}, which does nothing at first.
 */
public abstract class FunctionEmulator implements AutoCloseable {

  private static final byte[] NOTHING = {};

  private final Invocations invocations;
  private final FunctionRuntime runtime;
  private final Faults faults;
  private final Executor workers;
  private final LoopbackServer server;

  /**
   * Starts it.
   *
   * @param name of the service, for its threads
   * @param handler answers its requests
   */
  protected FunctionEmulator(
      FunctionService service,
      String name,
      FunctionRuntime runtime,
      Invocations invocations,
      Consumer<Exchange> handler) {
    this.invocations = invocations;
    this.runtime = runtime;
    this.faults = service.faults();
    this.workers = service.workers();
    this.server = service.listen(name, handler, runtime);
  }

  /**
   * Where functions run.
   *
   * @param processes what the cloud says to a process that runs a function
   * @param classes how the cloud calls a Java class
   * @throws IllegalArgumentException with one line when the user's code cannot be run
   */
  protected static FunctionRuntime runtime(
      FunctionService service, ProcessContract processes, JavaContract classes) {
    if (service.code().isEmpty()) {
      return inline(event -> NOTHING);
    }
    FunctionCode given = service.code().get();
    if (given instanceof FunctionCode.Url process) {
      return new UrlRuntime(process.url(), new CustomRuntime(processes, service.keys()));
    }
    if (given instanceof FunctionCode.Command command) {
      return new CommandRuntime(
          command, service.output(), processes, service.keys(), service.workers());
    }
    return JavaRuntime.load(
        (FunctionCode.Handler) given, classes, service.output(), service.keys(), service.workers());
  }

  public final URI endpoint() {
    return server.uri();
  }

  /** The names of all functions. */
  public abstract List<String> names();

  /**
   * Runs this for every invocation, in a thread of its own, so that it may block. What it throws
   * becomes a function error.
   */
  public final void handler(Function<byte[], byte[]> function) {
    invocations.setRuntime(new HandlerRuntime(function, workers));
  }

  /** Prints every event as a line, and returns nothing. */
  public final void printTo(PrintStream out) {
    invocations.setRuntime(
        inline(
            event -> {
              out.println(new String(event, UTF_8));
              return NOTHING;
            }));
  }

  /** Makes every invocation last this much longer; its function runs at the end of that time. */
  public final void setLatency(Duration latency) {
    invocations.setLatency(latency);
  }

  /** Refuses larger events than these. */
  public abstract void setMaxPayload(int bytes);

  /** Stops listening and cuts all connections; functions that run go on running. */
  public final void goDown() {
    server.goDown();
  }

  /** Listens again on the same port. */
  public final void comeUp() {
    server.comeUp();
  }

  /** Whether it listens. */
  public final boolean isUp() {
    return server.isUp();
  }

  /** The faults in force, of all services. */
  public final Faults faults() {
    return faults;
  }

  @Override
  public final void close() {
    server.close();
    runtime.close();
  }

  private static FunctionRuntime inline(Function<byte[], byte[]> function) {
    return (call, event) ->
        CompletableFuture.completedFuture(FunctionResult.success(function.apply(event)));
  }
}
