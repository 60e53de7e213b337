// SPDX-License-Identifier: Apache-2.0
package io.millrace.options;

import org.apache.flink.configuration.ConfigOption;

/**
 * A value that the user gave and that is not accepted. The message is the whole line that the user
 * reads; no stack trace is shown with it.
 */
public final class OptionException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  public OptionException(String message) {
    super(message);
  }

  /** {@code key: 'value' is not accepted; accepted: …}. */
  public static OptionException refused(ConfigOption<?> option, Object value, String accepted) {
    return new OptionException(
        option.key() + ": '" + value + "' is not accepted; accepted: " + accepted);
  }

  /** {@code key: missing; accepted: …}. */
  public static OptionException missing(ConfigOption<?> option, String accepted) {
    return new OptionException(option.key() + ": missing; accepted: " + accepted);
  }
}
