// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.io.Serializable;
import java.util.Optional;

/**
 * Why the last attempt of a lane did not deliver.
 *
 * <p>A service can answer anything: both texts are cut, for they are kept in state and sent with
 * every status.
 *
 * @param message one line
 * @param requestId the service's id of the request, or null; {@link #request()} for readers
 * @param at milliseconds since the epoch
 */
public record LastError(String message, String requestId, long at) implements Serializable {

  private static final int MAX_MESSAGE = 2000;
  private static final int MAX_REQUEST_ID = 200;

  public LastError {
    message = shortened(message, MAX_MESSAGE);
    requestId = requestId == null ? null : shortened(requestId, MAX_REQUEST_ID);
  }

  private static String shortened(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    boolean halved = Character.isHighSurrogate(text.charAt(max - 3));
    return text.substring(0, max - (halved ? 3 : 2)) + " …";
  }

  /** The service's id of the request, where it gave one. */
  public Optional<String> request() {
    return Optional.ofNullable(requestId);
  }
}
