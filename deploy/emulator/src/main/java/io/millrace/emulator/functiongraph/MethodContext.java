// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.function.FunctionCall;
import io.millrace.emulator.function.HandlerLog;
import io.millrace.emulator.function.JavaContract.Invocation;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Locale;

/**
 * The context of an invocation behind whichever interface the user's method asks for: both clouds'
 * have the same methods, and so has a user's own. A method that is not known returns null, 0 or
 * false.
 */
final class MethodContext implements InvocationHandler {

  private final Invocation invocation;
  private final long start = System.nanoTime();

  private MethodContext(Invocation invocation) {
    this.invocation = invocation;
  }

  static Object of(Class<?> type, Invocation invocation) {
    return proxy(type, new MethodContext(invocation));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) {
    FunctionCall call = invocation.call();
    ServiceKeys keys = invocation.keys();
    long running = (System.nanoTime() - start) / 1_000_000;
    return switch (method.getName()) {
      case "getRequestID", "getTraceID", "getInvokeID" -> call.requestId();
      case "getRemainingTimeInMilliSeconds" ->
          number(method, Math.max(0, call.timeout().toMillis() - running));
      case "getRunningTimeInSeconds" -> number(method, running / 1000);
      case "getAccessKey", "getSecurityAccessKey" -> keys.accessKeyId();
      case "getSecretKey", "getSecuritySecretKey" -> keys.accessKeySecret();
      case "getSecurityToken" -> keys.securityToken().orElse("");
      case "getToken" -> keys.authToken().orElse("");
      case "getFunctionName" -> call.function();
      case "getVersion" -> call.qualifier();
      case "getMemorySize" -> number(method, 128);
      case "getCPUNumber" -> number(method, 100);
      case "getProjectID" -> call.owner();
      case "getPackage" -> call.group();
      case "getLogger" -> logger(method.getReturnType(), invocation.log());
      case "toString" -> "context of " + call.requestId();
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> proxy == arguments[0];
      default -> number(method, 0);
    };
  }

  private static Object logger(Class<?> type, HandlerLog log) {
    return proxy(
        type,
        (proxy, method, arguments) -> {
          switch (method.getName()) {
            case "log", "debug", "info", "warn", "error" ->
                log.log(method.getName().toUpperCase(Locale.ROOT), text(arguments));
            default -> {
              // Levels are not told apart.
            }
          }
          return number(method, 0);
        });
  }

  private static String text(Object[] arguments) {
    return arguments == null || arguments.length == 0 ? "" : String.valueOf(arguments[0]);
  }

  /** In the type that the method returns; null where that is none of a number. */
  private static Object number(Method method, long value) {
    Class<?> type = method.getReturnType();
    if (type == int.class || type == Integer.class) {
      return (int) value;
    }
    if (type == long.class || type == Long.class) {
      return value;
    }
    if (type == double.class || type == Double.class) {
      return (double) value;
    }
    if (type == float.class || type == Float.class) {
      return (float) value;
    }
    return type == boolean.class ? value != 0 : null;
  }

  private static Object proxy(Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }
}
