// SPDX-License-Identifier: Apache-2.0
package io.millrace.samples.dedup;

import com.aliyun.fc.runtime.Context;
import com.aliyun.fc.runtime.StreamRequestHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** {@link OrderBook} as Function Compute's Java runtime calls it. */
public final class FunctionComputeHandler implements StreamRequestHandler {

  private final OrderBook book = new OrderBook();

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    answer.write(book.enter(event.readAllBytes()).getBytes(StandardCharsets.UTF_8));
  }
}
