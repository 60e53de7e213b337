// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

/** A request that is not carried out; the message is a line for the user. */
final class RefusedCall extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  RefusedCall(int status, String line) {
    super(line, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
