// SPDX-License-Identifier: Apache-2.0
package io.millrace.samples.dedup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** {@link OrderBook} as FunctionGraph's Java runtime calls it. */
public final class FunctionGraphHandler {

  private final OrderBook book = new OrderBook();

  /**
   * What the runtime gives besides the event. In the cloud this is {@code
   * com.services.runtime.Context}, which comes with the runtime and is published nowhere else.
   */
  public interface Context {

    /** The id of the request. */
    String getRequestID();
  }

  /** Enters the records of an event. */
  public String handle(String event, Context context) throws IOException {
    return book.enter(event.getBytes(StandardCharsets.UTF_8));
  }
}
