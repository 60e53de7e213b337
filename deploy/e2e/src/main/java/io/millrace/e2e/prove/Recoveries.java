// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.e2e.oracle.Standstills;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What each kill cost in time: how long its shards were away, and how long shards elsewhere stood
 * still, next to what they had done before any fault. On a machine that does something else these
 * are figures, and no verdict.
 */
record Recoveries(List<Recovery> each) {

  /** Of a TaskManager's shards, with the standalone cluster's settings and an idle machine. */
  private static final int TASK_MANAGER_SECONDS = 10;

  private static final int JOB_MANAGER_SECONDS = 20;

  /**
   * What a machine on which a JVM starts may add to a gap. Less than it takes to miss a process.
   */
  private static final double NOISE_SECONDS = 3;

  /**
   * One kill.
   *
   * @param seconds until all that it cut off was delivered again
   * @param within how many seconds that is to be
   * @param normal the longest gap before it while nothing was wrong, in seconds
   * @param elsewhere the longest gap of shards that it did not meet
   * @param restarted how many subtasks of other processes began anew
   */
  record Recovery(
      Fault fault,
      double seconds,
      int within,
      OptionalDouble normal,
      OptionalDouble elsewhere,
      OptionalInt restarted) {

    /** From which gap on shards elsewhere felt the kill. */
    OptionalDouble limit() {
      return normal.isPresent()
          ? OptionalDouble.of(2 * normal.getAsDouble() + NOISE_SECONDS)
          : OptionalDouble.empty();
    }

    boolean withinLimits() {
      return seconds <= within
          && restarted.orElse(0) == 0
          && elsewhere.orElse(0) <= limit().orElse(Double.MAX_VALUE);
    }
  }

  Recoveries {
    each = List.copyOf(each);
  }

  static Recoveries of(FaultLog log, Standstills standstills) {
    return new Recoveries(
        log.kills().stream().map(kill -> recovery(kill, log, standstills)).toList());
  }

  private static Recovery recovery(FaultLog.Kill kill, FaultLog log, Standstills standstills) {
    double seconds = (kill.recovered() - kill.at()) / 1e6;
    if (kill.fault() == Fault.JOBMANAGER_KILL) {
      return new Recovery(
          kill.fault(),
          seconds,
          JOB_MANAGER_SECONDS,
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalInt.empty());
    }
    long normal = 0;
    long quiet = standstills.first();
    for (FaultLog.Entry entry : log.entries()) {
      if (entry.at() > kill.at()) {
        break;
      }
      normal = Math.max(normal, standstills.longestWithin(kill.lost(), quiet, entry.at()));
      quiet = entry.over();
    }
    return new Recovery(
        kill.fault(),
        seconds,
        TASK_MANAGER_SECONDS,
        OptionalDouble.of(normal / 1e6),
        OptionalDouble.of(standstills.longest(kill.lost(), kill.at(), kill.recovered()) / 1e6),
        kill.restartedElsewhere());
  }

  /** For people; nothing where nothing was killed. */
  String table() {
    if (each.isEmpty()) {
      return "";
    }
    StringBuilder table = new StringBuilder();
    table.append(
        "%n%-24s %10s %10s %14s %10s %10s %20s%n"
            .formatted(
                "kill",
                "back in s",
                "within s",
                "gap elsewhere",
                "normal gap",
                "at most",
                "restarted elsewhere"));
    for (Recovery recovery : each) {
      table.append(
          "%-24s %10s %10d %14s %10s %10s %20s%n"
              .formatted(
                  recovery.fault().title(),
                  "%.1f".formatted(recovery.seconds()),
                  recovery.within(),
                  text(recovery.elsewhere()),
                  text(recovery.normal()),
                  text(recovery.limit()),
                  recovery.restarted().isPresent()
                      ? Integer.toString(recovery.restarted().getAsInt())
                      : "-"));
    }
    return table.toString();
  }

  private static String text(OptionalDouble seconds) {
    return seconds.isPresent() ? "%.2f".formatted(seconds.getAsDouble()) : "-";
  }

  void write(ArrayNode json) {
    for (Recovery recovery : each) {
      ObjectNode kill = json.addObject();
      kill.put("fault", recovery.fault().title())
          .put("recoverySeconds", hundredths(recovery.seconds()))
          .put("withinSeconds", recovery.within());
      put(kill, "gapElsewhereSeconds", recovery.elsewhere());
      put(kill, "normalGapSeconds", recovery.normal());
      put(kill, "gapLimitSeconds", recovery.limit());
      if (recovery.restarted().isPresent()) {
        kill.put("restartedElsewhere", recovery.restarted().getAsInt());
      } else {
        kill.putNull("restartedElsewhere");
      }
      kill.put("withinLimits", recovery.withinLimits());
    }
  }

  private static void put(ObjectNode json, String name, OptionalDouble seconds) {
    if (seconds.isPresent()) {
      json.put(name, hundredths(seconds.getAsDouble()));
    } else {
      json.putNull(name);
    }
  }

  private static double hundredths(double seconds) {
    return Math.round(seconds * 100) / 100.0;
  }
}
