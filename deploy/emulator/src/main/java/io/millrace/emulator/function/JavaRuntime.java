// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.function.FunctionCode.Handler;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Runs functions in the user's Java handler. As in the service an instance has one event at a time:
 * as many instances are made as events come at once, each initialized before its first one.
 */
final class JavaRuntime implements FunctionRuntime {

  private static final String METHOD = "handleRequest";

  private final HandlerClasses classes;
  private final Constructor<?> constructor;
  private final String handler;
  private final PrintStream output;
  private final Supplier<ServiceKeys> keys;
  private final Executor workers;
  private final Deque<HandlerInstance> idle = new ConcurrentLinkedDeque<>();

  /**
   * Loads the handler.
   *
   * @param output gets what the handler logs
   * @throws IllegalArgumentException with one line when it cannot be loaded, or is no handler
   */
  JavaRuntime(Handler code, PrintStream output, Supplier<ServiceKeys> keys, Executor workers) {
    this.handler = code.handler();
    this.output = output;
    this.keys = keys;
    this.workers = workers;
    this.classes = new HandlerClasses(code.classPath());
    try {
      this.constructor = constructor();
      // Not initialized: that needs an invocation's context. It shows that the class is a handler.
      HandlerInstance.of(make());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Constructor<?> constructor() {
    int colons = handler.indexOf("::");
    String name = colons < 0 ? handler : handler.substring(0, colons);
    if (colons >= 0 && !handler.substring(colons + 2).equals(METHOD)) {
      throw refused("accepted: package.Class or package.Class::" + METHOD);
    }
    try {
      return classes.loadClass(name).getConstructor();
    } catch (ClassNotFoundException | LinkageError e) {
      throw refused("cannot be loaded from the function's jar: " + e);
    } catch (NoSuchMethodException e) {
      throw refused("has no public constructor without arguments");
    }
  }

  private IllegalArgumentException refused(String why) {
    return new IllegalArgumentException("function handler: '" + handler + "': " + why);
  }

  private Object make() {
    try {
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw refused("its constructor throws " + e.getCause());
    } catch (ReflectiveOperationException e) {
      throw refused("cannot be made: " + e);
    }
  }

  @Override
  public CompletableFuture<FunctionResult> invoke(FunctionCall call, byte[] event) {
    CompletableFuture<FunctionResult> result = new CompletableFuture<>();
    workers.execute(() -> result.complete(run(call, event)));
    return result;
  }

  private FunctionResult run(FunctionCall call, byte[] event) {
    HandlerLog log = new HandlerLog(call.requestId(), output);
    HandlerContext context = new HandlerContext(call, handler, keys.get(), log);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(classes);
    try {
      return FunctionResult.success(handle(event, context)).withLog(log.lines());
    } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
      return FunctionResult.thrown(e).withLog(log.lines());
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private byte[] handle(byte[] event, HandlerContext context) throws IOException {
    HandlerInstance instance = idle.poll();
    if (instance == null) {
      instance = HandlerInstance.of(make());
      instance.initialize(context);
    }
    try {
      return instance.handle(event, context);
    } finally {
      idle.push(instance);
    }
  }

  @Override
  public void close() {
    try {
      classes.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the function's jar", e);
    }
  }
}
