// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import java.util.Optional;
import java.util.function.Function;

/**
 * One HTTP request whose body has arrived. The body array is not copied.
 *
 * @param path decoded, without the query
 * @param header the value of a header, by its name
 * @param parameter the first value of a query parameter, by its name
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and not copied on purpose
record Call(
    String method,
    String path,
    Function<String, Optional<String>> header,
    Function<String, Optional<String>> parameter,
    byte[] body) {

  /** Whether it only looks. */
  boolean isSafe() {
    return method.equals("GET") || method.equals("HEAD");
  }
}
