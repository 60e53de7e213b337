// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The two generations of Function Compute: how each signs, and how it says no. */
enum ApiVersion {
  /** 2.0, with services. */
  V2016 {
    @Override
    void verify(Exchange exchange, ServiceKeys keys, Optional<Instant> now) {
      FunctionSignature.verify(
          exchange.method(), exchange.path(), headers(exchange), exchange.body(), keys, now);
    }

    @Override
    ObjectNode error(FunctionException e, String requestId) {
      return JsonNodeFactory.instance
          .objectNode()
          .put("ErrorCode", e.code())
          .put("ErrorMessage", e.getMessage());
    }
  },

  /** 3.0, without. */
  V2023 {
    @Override
    void verify(Exchange exchange, ServiceKeys keys, Optional<Instant> now) {
      Acs3Signature.verify(
          exchange.method(),
          exchange.pathAndQuery(),
          headers(exchange),
          exchange.body(),
          keys,
          now);
    }

    @Override
    ObjectNode error(FunctionException e, String requestId) {
      return JsonNodeFactory.instance
          .objectNode()
          .put("Code", e.code())
          .put("Message", e.getMessage())
          .put("RequestId", requestId);
    }
  };

  /**
   * Checks who asks.
   *
   * @param now to compare the date with; absent to leave the date unchecked
   * @throws FunctionException saying what is wrong with the request
   */
  abstract void verify(Exchange exchange, ServiceKeys keys, Optional<Instant> now);

  abstract ObjectNode error(FunctionException e, String requestId);

  /** The answer to a request that is refused. */
  Answer refusal(FunctionException e, String requestId) {
    return e.marked(
        Answer.json(e.status(), error(e, requestId)).with("X-Fc-Request-Id", requestId));
  }

  private static Map<String, String> headers(Exchange exchange) {
    Map<String, String> headers = new TreeMap<>();
    exchange.forEachHeader((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    return headers;
  }
}
