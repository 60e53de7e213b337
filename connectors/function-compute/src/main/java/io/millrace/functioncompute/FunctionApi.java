// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.credentials.Credentials;
import java.io.Serializable;
import java.net.URI;
import java.time.Instant;
import java.util.Map;

/** One function under one API version: where it is found, and what lets a request in. */
sealed interface FunctionApi extends Serializable permits Api2016, Api2023 {

  /** The function's full name, for messages. */
  String function();

  /** Another function, where this one is. */
  FunctionApi named(String other);

  /** Path and query under which it is invoked, below the endpoint. */
  String invocations();

  /** Path and query under which the service describes it, below the endpoint. */
  String description();

  /** The headers of a request, with the signature and all that it covers. */
  Map<String, String> signed(Request request, Credentials credentials, Instant now);

  /**
   * A request that is not yet signed.
   *
   * @param operation as the API calls it
   * @param headers names in the case in which they are sent
   * @param body empty for none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Request(
      String method, URI uri, String operation, Map<String, String> headers, byte[] body) {}
}
