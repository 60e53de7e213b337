// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

/** How a program without Flink calls the function. Safe for use by several threads. */
public interface LoopFunction {

  /** Calls until the function has acknowledged the event. */
  void deliver(byte[] event) throws InterruptedException;
}
