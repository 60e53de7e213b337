// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.io.Serializable;
import java.util.Optional;

/**
 * Why the last attempt of a lane did not deliver.
 *
 * @param message one line
 * @param requestId the service's id of the request, or null; {@link #request()} for readers
 * @param at milliseconds since the epoch
 */
public record LastError(String message, String requestId, long at) implements Serializable {

  /** The service's id of the request, where it gave one. */
  public Optional<String> request() {
    return Optional.ofNullable(requestId);
  }
}
