// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import java.util.concurrent.atomic.AtomicInteger;

/** A function that exists, with the number of its invocations under way. */
public final class DeployedFunction {

  private final FunctionLimits limits;
  private final AtomicInteger running = new AtomicInteger();

  public DeployedFunction(FunctionLimits limits) {
    this.limits = limits;
  }

  public FunctionLimits limits() {
    return limits;
  }

  /** Takes one of the concurrent invocations allowed; false if all are taken. */
  boolean enter() {
    if (running.incrementAndGet() <= limits.maxConcurrency()) {
      return true;
    }
    running.decrementAndGet();
    return false;
  }

  void leave() {
    running.decrementAndGet();
  }
}
