// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

/**
 * A Flink cluster that cannot be reached, or that refuses. The message is one line for the user.
 */
public final class ClusterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With what led to it. */
  public ClusterException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Without a cause. */
  public ClusterException(String message) {
    super(message);
  }
}
