// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import com.aliyun.fc.runtime.Context;
import io.millrace.emulator.function.JavaContract;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.function.Supplier;

/** How Function Compute calls a Java class: one that is written against its interfaces. */
final class HandlerContract implements JavaContract {

  private static final String METHOD = "handleRequest";

  @Override
  public List<String> sharedClasses() {
    return List.of("com.aliyun.fc.runtime.", "javax.servlet.");
  }

  @Override
  public Supplier<Instance> load(String handler, ClassLoader classes) {
    Constructor<?> constructor = constructor(handler, classes);
    // Not initialized: that needs an invocation's context. It shows that the class is a handler.
    HandlerInstance.of(make(handler, constructor));
    return () -> new Handled(handler, HandlerInstance.of(make(handler, constructor)));
  }

  private static Constructor<?> constructor(String handler, ClassLoader classes) {
    int colons = handler.indexOf("::");
    String name = colons < 0 ? handler : handler.substring(0, colons);
    if (colons >= 0 && !handler.substring(colons + 2).equals(METHOD)) {
      throw JavaContract.refused(handler, "accepted: package.Class or package.Class::" + METHOD);
    }
    try {
      return classes.loadClass(name).getConstructor();
    } catch (ClassNotFoundException | LinkageError e) {
      throw JavaContract.refused(handler, "cannot be loaded from the function's jar: " + e);
    } catch (NoSuchMethodException e) {
      throw JavaContract.refused(handler, "has no public constructor without arguments");
    }
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

  private record Handled(String handler, HandlerInstance instance) implements Instance {

    @Override
    public void initialize(Invocation invocation) throws Exception {
      instance.initialize(context(invocation));
    }

    @Override
    public byte[] handle(byte[] event, Invocation invocation) throws Exception {
      return instance.handle(event, context(invocation));
    }

    private Context context(Invocation invocation) {
      return new HandlerContext(
          invocation.call(), handler, invocation.keys(), new HandlerLogger(invocation.log()));
    }
  }
}
