// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.credentials.CredentialsProvider.MissingCredentialException;
import io.millrace.http.HttpFailure;
import io.millrace.job.ClusterException;
import io.millrace.options.OptionException;
import io.millrace.source.StreamException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * What a failure tells the user.
 *
 * @param line one line
 * @param exitCode of the process
 * @param unexpected true when the line may not be enough to know what to do
 */
record Explanation(String line, int exitCode, boolean unexpected) {

  static Explanation of(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof CommandFailure known) {
      return new Explanation(known.getMessage(), known.exitCode(), false);
    }
    if (cause instanceof OptionException
        || cause instanceof MissingCredentialException
        || cause instanceof StreamException
        || cause instanceof ClusterException
        || cause instanceof HttpFailure) {
      return new Explanation(firstLine(cause), CommandFailure.BAD_INPUT, false);
    }
    return new Explanation(
        cause.getClass().getSimpleName() + ": " + firstLine(cause), CommandFailure.FAILED, true);
  }

  private static String firstLine(Throwable failure) {
    return failure.getMessage() == null
        ? "(no message)"
        : failure.getMessage().lines().findFirst().orElse("");
  }
}
