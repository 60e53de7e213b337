// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.util.function.Supplier;

/** A task without a reader, whose time is turned by hand. */
class ManualTask implements ReaderlessPort {

  private final ManualTime time;
  private final Supplier<Dispatcher> dispatcher;

  /**
   * @param dispatcher of this task, which is made with it
   */
  ManualTask(ManualTime time, Supplier<Dispatcher> dispatcher) {
    this.time = time;
    this.dispatcher = dispatcher;
  }

  @Override
  public final long now() {
    return time.now();
  }

  @Override
  public final long nanoTime() {
    return time.now() * 1_000_000;
  }

  @Override
  public final void execute(Runnable action) {
    time.soon(action);
  }

  @Override
  public final void wakeAt(long at) {
    time.atOnce(at, "launch", () -> dispatcher.get().launchReady());
  }

  @Override
  public void changed(Lane lane) {}

  @Override
  public void drained(Lane lane) {}

  @Override
  public void blockadeChanged() {}

  @Override
  public void failJob(String message) {
    throw new IllegalStateException(message);
  }
}
