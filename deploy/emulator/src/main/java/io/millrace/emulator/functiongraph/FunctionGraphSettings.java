// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import java.time.Duration;

/**
 * What the service is like, beyond its functions.
 *
 * @param maxPayload of a synchronous event in bytes; larger ones are refused with 413
 * @param maxResponse of a function in bytes; a larger one is a function error
 * @param gatewayTimeout after which a caller is answered 504, while the function runs on
 * @param errorStatus HTTP status of the answer when a function failed
 */
record FunctionGraphSettings(
    int maxPayload, int maxResponse, Duration gatewayTimeout, int errorStatus) {

  /** As documented, a megabyte being a million bytes. */
  static final FunctionGraphSettings DOCUMENTED =
      new FunctionGraphSettings(6_000_000, 6_000_000, Duration.ofSeconds(90), 200);

  FunctionGraphSettings withMaxPayload(int bytes) {
    return new FunctionGraphSettings(bytes, maxResponse, gatewayTimeout, errorStatus);
  }

  FunctionGraphSettings withGatewayTimeout(Duration timeout) {
    return new FunctionGraphSettings(maxPayload, maxResponse, timeout, errorStatus);
  }

  FunctionGraphSettings withErrorStatus(int status) {
    return new FunctionGraphSettings(maxPayload, maxResponse, gatewayTimeout, status);
  }
}
