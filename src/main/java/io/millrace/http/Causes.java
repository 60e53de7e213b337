// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.util.concurrent.CompletionException;

/** What an asynchronous call failed with. */
public final class Causes {

  private Causes() {}

  /**
   * The failure as it was before a stage of a future wrapped it.
   *
   * @param failure null for none
   */
  public static Throwable of(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
