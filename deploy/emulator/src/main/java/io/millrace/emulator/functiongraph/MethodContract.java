// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.emulator.function.JavaContract;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * How FunctionGraph calls a Java class: a public method of any name, {@code R method(T event,
 * Context context)}, whose context is an interface of the user's own class path. A string is the
 * event's text and the answer's; all else is read from JSON and written as JSON.
 */
final class MethodContract implements JavaContract {

  /** Nothing: the runtime's interfaces are not published where a build would find them. */
  @Override
  public List<String> sharedClasses() {
    return List.of();
  }

  @Override
  public Supplier<Instance> load(String handler, ClassLoader classes) {
    int dot = handler.lastIndexOf('.');
    if (dot < 1 || dot == handler.length() - 1) {
      throw JavaContract.refused(handler, "accepted: package.Class.method");
    }
    try {
      Class<?> type = classes.loadClass(handler.substring(0, dot));
      Method method = method(handler, type, handler.substring(dot + 1));
      Constructor<?> constructor = type.getConstructor();
      MethodJson json = MethodJson.of(classes, method);
      make(handler, constructor);
      return () -> new Bound(make(handler, constructor), method, json);
    } catch (ClassNotFoundException | LinkageError e) {
      throw JavaContract.refused(handler, "cannot be loaded from the function's jar: " + e);
    } catch (NoSuchMethodException e) {
      throw JavaContract.refused(handler, "has no public constructor without arguments");
    }
  }

  private static Method method(String handler, Class<?> type, String name) {
    return Arrays.stream(type.getMethods())
        .filter(each -> each.getName().equals(name) && !each.isBridge())
        .filter(each -> each.getParameterCount() == 2)
        .filter(each -> each.getParameterTypes()[1].isInterface())
        .findFirst()
        .orElseThrow(
            () ->
                JavaContract.refused(handler, "has no public method " + name + "(event, context)"));
  }

  private static Object make(String handler, Constructor<?> constructor) {
    try {
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw JavaContract.refused(handler, "its constructor throws " + e.getCause());
    } catch (ReflectiveOperationException e) {
      throw JavaContract.refused(handler, "cannot be made: " + e);
    }
  }

  /** An object of the user's with the method that handles events. */
  private record Bound(Object object, Method method, MethodJson json) implements Instance {

    @Override
    public void initialize(Invocation invocation) {}

    @Override
    public byte[] handle(byte[] event, Invocation invocation) throws Exception {
      Object context = MethodContext.of(method.getParameterTypes()[1], invocation);
      try {
        return json.write(method.invoke(object, json.read(event), context));
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof Exception thrown) {
          throw thrown;
        }
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw e;
      }
    }
  }

  /** How events become arguments, and results answers. */
  private interface MethodJson {

    Object read(byte[] event) throws Exception;

    byte[] write(Object result) throws Exception;

    /** With the user's own Gson where there is one, as in the cloud's samples; else Jackson. */
    static MethodJson of(ClassLoader classes, Method method) {
      Class<?> type = method.getParameterTypes()[0];
      if (type == String.class) {
        return new OfJackson(null);
      }
      try {
        return OfGson.of(classes.loadClass("com.google.gson.Gson"), method);
      } catch (ReflectiveOperationException none) {
        return new OfJackson(method);
      }
    }
  }

  private record OfJackson(Method method) implements MethodJson {

    private static final ObjectMapper JSON =
        JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    @Override
    public Object read(byte[] event) throws IOException {
      return method == null
          ? new String(event, UTF_8)
          : JSON.readValue(event, JSON.constructType(method.getGenericParameterTypes()[0]));
    }

    @Override
    public byte[] write(Object result) throws IOException {
      return result instanceof String text ? text.getBytes(UTF_8) : JSON.writeValueAsBytes(result);
    }
  }

  private record OfGson(Object gson, Method from, Method to, Method method) implements MethodJson {

    static OfGson of(Class<?> type, Method method) throws ReflectiveOperationException {
      return new OfGson(
          type.getConstructor().newInstance(),
          type.getMethod("fromJson", String.class, Type.class),
          type.getMethod("toJson", Object.class),
          method);
    }

    @Override
    public Object read(byte[] event) throws ReflectiveOperationException {
      return from.invoke(gson, new String(event, UTF_8), method.getGenericParameterTypes()[0]);
    }

    @Override
    public byte[] write(Object result) throws ReflectiveOperationException {
      String text = result instanceof String given ? given : (String) to.invoke(gson, result);
      return text.getBytes(UTF_8);
    }
  }
}
