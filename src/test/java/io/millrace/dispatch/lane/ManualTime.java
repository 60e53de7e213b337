// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;

/** A clock that is turned by hand, with what is due at its times. */
final class ManualTime {

  private record Event(long at, long number, String name, Runnable action) {}

  private final Deque<Runnable> soon = new ArrayDeque<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private long now;
  private long numbers;

  ManualTime(long now) {
    this.now = now;
  }

  long now() {
    return now;
  }

  /** Runs it before anything that is due later. */
  void soon(Runnable action) {
    soon.add(action);
  }

  /** Runs it at a time. */
  void at(long when, Runnable action) {
    events.add(new Event(when, numbers++, "", action));
  }

  /** Runs it at a time, unless what has this name is to run then anyway. */
  void atOnce(long when, String name, Runnable action) {
    if (events.stream().noneMatch(event -> event.at() == when && event.name().equals(name))) {
      events.add(new Event(when, numbers++, name, action));
    }
  }

  /** What is due at a time stays due at it. */
  void putBack(Duration by) {
    now -= by.toMillis();
  }

  void runSoon() {
    while (!soon.isEmpty()) {
      soon.poll().run();
    }
  }

  void clear() {
    soon.clear();
    events.clear();
  }

  void pass(Duration duration) {
    long until = now + duration.toMillis();
    runSoon();
    while (!events.isEmpty() && events.peek().at() <= until) {
      Event event = events.poll();
      now = Math.max(now, event.at());
      event.action().run();
      runSoon();
    }
    now = until;
  }
}
