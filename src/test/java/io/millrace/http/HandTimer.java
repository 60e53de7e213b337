// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/** A scheduler whose times pass when a test says so. Safe for use by several threads. */
final class HandTimer extends AbstractLifeCycle implements Scheduler {

  private static final class Due implements Task {
    private final Runnable action;
    private final Duration time;
    private final Set<Due> waiting;

    Due(Runnable action, Duration time, Set<Due> waiting) {
      this.action = action;
      this.time = time;
      this.waiting = waiting;
    }

    @Override
    public boolean cancel() {
      return waiting.remove(this);
    }
  }

  private final Set<Due> waiting = ConcurrentHashMap.newKeySet();

  @Override
  public Task schedule(Runnable action, long delay, TimeUnit unit) {
    Due due = new Due(action, Duration.of(delay, unit.toChronoUnit()), waiting);
    waiting.add(due);
    return due;
  }

  /** Whatever waits for so long has waited. */
  void pass(Duration time) {
    for (Due due : waiting) {
      if (due.time.equals(time) && due.cancel()) {
        due.action.run();
      }
    }
  }
}
