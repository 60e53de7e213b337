// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.io.Serializable;
import java.util.Optional;

/**
 * Why the last attempt of a lane did not deliver.
 *
 * @param message one line, cut to 2000 characters: it is kept in state and sent with every status
 * @param requestId the service's id of the request, or null; {@link #request()} for readers
 * @param at milliseconds since the epoch
 */
public record LastError(String message, String requestId, long at) implements Serializable {

  private static final int MAX_CHARS = 2000;

  public LastError {
    message = shortened(message);
  }

  private static String shortened(String message) {
    if (message.length() <= MAX_CHARS) {
      return message;
    }
    boolean halved = Character.isHighSurrogate(message.charAt(MAX_CHARS - 3));
    return message.substring(0, MAX_CHARS - (halved ? 3 : 2)) + " …";
  }

  /** The service's id of the request, where it gave one. */
  public Optional<String> request() {
    return Optional.ofNullable(requestId);
  }
}
