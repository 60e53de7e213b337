// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.aliyun.fc.runtime.Context;
import com.aliyun.fc.runtime.FunctionInitializer;
import com.aliyun.fc.runtime.PojoRequestHandler;
import com.aliyun.fc.runtime.StreamRequestHandler;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** One instance of the user's handler; runs one event at a time. */
interface HandlerInstance {

  /** Prepares it for its first event. */
  void initialize(Context context) throws IOException;

  byte[] handle(byte[] event, Context context) throws IOException;

  /** The instance for an object of the user's. */
  static HandlerInstance of(Object handler) {
    if (handler instanceof StreamRequestHandler stream) {
      return new OfStreams(stream);
    }
    if (handler instanceof PojoRequestHandler<?, ?> pojo) {
      return OfObjects.of(pojo);
    }
    throw new IllegalArgumentException(
        "function handler: "
            + handler.getClass().getName()
            + " is neither a StreamRequestHandler nor a PojoRequestHandler");
  }

  private static void initialize(Object handler, Context context) throws IOException {
    if (handler instanceof FunctionInitializer initializer) {
      initializer.initialize(context);
    }
  }

  /** Reads the event and writes its answer. */
  record OfStreams(StreamRequestHandler handler) implements HandlerInstance {

    @Override
    public void initialize(Context context) throws IOException {
      HandlerInstance.initialize(handler, context);
    }

    @Override
    public byte[] handle(byte[] event, Context context) throws IOException {
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      handler.handleRequest(new ByteArrayInputStream(event), answer, context);
      return answer.toByteArray();
    }
  }

  /** Gets the event as an object and returns one; a string is the text itself, all else is JSON. */
  record OfObjects(PojoRequestHandler<Object, ?> handler, JavaType input)
      implements HandlerInstance {

    private static final ObjectMapper JSON =
        JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    @SuppressWarnings("unchecked") // the event is read as the very type that the handler names
    static OfObjects of(PojoRequestHandler<?, ?> handler) {
      JavaType type =
          JSON.constructType(handler.getClass()).findSuperType(PojoRequestHandler.class);
      return new OfObjects((PojoRequestHandler<Object, ?>) handler, type.containedTypeOrUnknown(0));
    }

    @Override
    public void initialize(Context context) throws IOException {
      HandlerInstance.initialize(handler, context);
    }

    @Override
    public byte[] handle(byte[] event, Context context) throws IOException {
      Object argument =
          input.hasRawClass(String.class) ? new String(event, UTF_8) : JSON.readValue(event, input);
      Object answer = handler.handleRequest(argument, context);
      return answer instanceof String text ? text.getBytes(UTF_8) : JSON.writeValueAsBytes(answer);
    }
  }
}
