// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import java.time.Duration;

/**
 * What a function is allowed.
 *
 * @param timeout after which it is ended, and its invocation answered with a function error
 * @param maxConcurrency invocations at a time; more are refused with 429
 */
public record FunctionLimits(Duration timeout, int maxConcurrency) {

  /** 10 minutes, and as many invocations as come. */
  public static final FunctionLimits DEFAULT =
      new FunctionLimits(Duration.ofMinutes(10), Integer.MAX_VALUE);

  public FunctionLimits {
    if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "timeoutMs: " + timeout.toMillis() + " is not within 1 and 86400000");
    }
    if (maxConcurrency < 1) {
      throw new IllegalArgumentException("maxConcurrency: " + maxConcurrency + " is not 1 or more");
    }
  }

  public FunctionLimits withTimeout(Duration other) {
    return new FunctionLimits(other, maxConcurrency);
  }

  public FunctionLimits withMaxConcurrency(int other) {
    return new FunctionLimits(timeout, other);
  }
}
