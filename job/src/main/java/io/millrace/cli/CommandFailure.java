// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

/** Ends a command with one line on standard error and an exit code; no stack trace is shown. */
public final class CommandFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Input that is not accepted, or a service that cannot be reached. */
  public static final int BAD_INPUT = 2;

  /** Anything else that kept the command from doing what it was asked. */
  public static final int FAILED = 1;

  private final int exitCode;

  private CommandFailure(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** Exit code 2. The line names the key or address and what is accepted or to be done. */
  public static CommandFailure badInput(String line) {
    return new CommandFailure(BAD_INPUT, line, null);
  }

  /** Exit code 2, for an address that does not answer. */
  public static CommandFailure unreachable(String line, Throwable cause) {
    return new CommandFailure(BAD_INPUT, line, cause);
  }

  /** Exit code 1. */
  public static CommandFailure failed(String line) {
    return new CommandFailure(FAILED, line, null);
  }

  int exitCode() {
    return exitCode;
  }
}
