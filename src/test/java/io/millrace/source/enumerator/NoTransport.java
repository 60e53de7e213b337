// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpFailure;
import io.millrace.http.HttpTransport;
import java.util.concurrent.CompletableFuture;

/** For streams in memory. */
final class NoTransport implements HttpTransport {

  @Override
  public CompletableFuture<HttpAnswer> send(HttpCall call) {
    return CompletableFuture.failedFuture(
        new HttpFailure(HttpFailure.Kind.CLOSED, "no transport in this test", null));
  }

  @Override
  public void close() {}
}
