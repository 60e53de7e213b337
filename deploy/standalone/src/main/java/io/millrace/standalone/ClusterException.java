// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

/**
 * The cluster could not do what was asked. The message is one line for the operator: what is wrong,
 * and which port to change or which log to read.
 */
public final class ClusterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ClusterException(String message) {
    super(message);
  }

  ClusterException(String message, Throwable cause) {
    super(message, cause);
  }
}
