// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

/**
 * A Flink cluster that cannot be reached, or that refuses. The message is one line for the user.
 */
public final class ClusterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ClusterException(String message, Throwable cause) {
    super(message, cause);
  }

  ClusterException(String message) {
    super(message);
  }
}
