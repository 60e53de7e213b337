// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.apache.flink.streaming.api.operators.collect.CollectCoordinationResponse;

/**
 * Carries bytes in an answer class of Flink's own. Answers travel through parts of Flink that know
 * no user class: a response class of ours could be read neither by a TaskManager nor by a client of
 * Flink's REST endpoint.
 */
public final class JsonAnswer {

  private static final String KIND = "millrace-1";

  private JsonAnswer() {}

  /** An answer that carries a JSON document. */
  static CoordinationResponse of(String json) {
    return ofBytes(json.getBytes(StandardCharsets.UTF_8));
  }

  static CoordinationResponse ofBytes(byte[] bytes) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BytePrimitiveArraySerializer.INSTANCE.serialize(bytes, new DataOutputViewStreamWrapper(out));
      return new CollectCoordinationResponse(KIND, 0, List.of(out.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The JSON document that an answer carries.
   *
   * @throws IOException when it carries none
   */
  public static String read(CoordinationResponse response) throws IOException {
    return new String(bytes(response), StandardCharsets.UTF_8);
  }

  /**
   * The bytes that an answer carries.
   *
   * @throws IOException when it carries none
   */
  public static byte[] bytes(CoordinationResponse response) throws IOException {
    if (response instanceof CollectCoordinationResponse carrier
        && carrier.getVersion().equals(KIND)) {
      return carrier.getResults(BytePrimitiveArraySerializer.INSTANCE).get(0);
    }
    throw new IOException("not an answer of Millrace: " + response);
  }
}
