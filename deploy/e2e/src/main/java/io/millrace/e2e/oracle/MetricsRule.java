// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import io.millrace.e2e.oracle.GroundTruth.ShardTruth;
import io.millrace.e2e.oracle.GroundTruth.Written;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Whether what a job says of itself is what the function's service saw. Each subtask is held to the
 * invocations of its shards since its attempt was deployed, which its process made.
 *
 * <p>A call that found nobody, or was cut before it had arrived, is in the job's counts and not in
 * the journal; the job's own count of faults of the target and of unknown fates is the room for
 * these, and where it is 0 every count must be the same. An answer that came when the caller may
 * have given the call up is room in the other direction.
 */
public final class MetricsRule {

  private static final String CALLS = "invocations";
  private static final String ACKNOWLEDGED = "invocationsAcknowledged";
  private static final String UNKNOWN = "invocationsUnknownFate";
  private static final String NOBODY = "targetFaults";
  private static final List<String> NOT_ACKNOWLEDGED =
      List.of("invocationsFailed", "invocationsThrottled", UNKNOWN, NOBODY);
  private static final List<String> ENDS =
      List.of(
          ACKNOWLEDGED,
          "invocationsFailed",
          "invocationsThrottled",
          UNKNOWN,
          NOBODY,
          "invocationsNotSent");
  private static final String DELIVERED = "recordsDelivered";
  private static final String SENT = "numRecordsSend";
  private static final String ERRORS = "numRecordsSendErrors";

  /** What is 0 when nothing is left to be delivered. */
  private static final List<String> AT_REST =
      List.of(
          "lagRecords",
          "lagMillis",
          "pendingRecords",
          "recordsLost",
          "shardsSuspended",
          "shardsRetrying",
          "shardsBlocked",
          "functionBlocked",
          "shardsHeldBack");

  private static final List<String> SHARD_AT_REST = List.of("lagRecords", "lagMillis", "attempts");
  private static final String POSITION = "position";
  private static final String STATE = "state";

  /** Of the states as numbers, the last of a shard that has nothing to do. */
  private static final long IDLE = 1;

  /** What the journal says of one subtask. */
  private static final class Seen {
    private long calls;
    private long acknowledged;
    private long late;
    private long sent;
    private long delivered;
    private long deliveredLate;
  }

  private final Terms terms;
  private final EventReader events;
  private final Map<String, ShardTruth> truth = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  private MetricsRule(GroundTruth truth, Terms terms, EventReader events) {
    this.terms = terms;
    this.events = events;
    truth.shards().forEach(shard -> this.truth.put(shard.shard(), shard));
  }

  /**
   * The disagreements, each named.
   *
   * @param invocations all of the journal, or as much as began since the first of the readings'
   *     attempts
   */
  public static List<Finding> judge(
      GroundTruth truth,
      List<Invocation> invocations,
      List<TaskReading> readings,
      Terms terms,
      EventReader events) {
    MetricsRule rule = new MetricsRule(truth, terms, events);
    Map<String, TaskReading> owners = new HashMap<>();
    Map<TaskReading, Seen> seen = new HashMap<>();
    for (TaskReading reading : readings) {
      seen.put(reading, new Seen());
      reading.shards().forEach(shard -> owners.put(shard, reading));
    }
    long latest = readings.stream().mapToLong(TaskReading::since).max().orElse(Long.MAX_VALUE);
    for (Invocation invocation : invocations) {
      rule.enter(invocation, owners, seen, latest);
    }
    for (TaskReading reading : readings) {
      rule.compare(reading, seen.get(reading));
    }
    return rule.findings;
  }

  private void enter(
      Invocation invocation,
      Map<String, TaskReading> owners,
      Map<TaskReading, Seen> seen,
      long latest) {
    List<RecordId> records;
    try {
      records = events.records(invocation.body());
    } catch (IllegalArgumentException e) {
      return;
    }
    if (records.isEmpty()) {
      return;
    }
    String shard = records.get(0).shard();
    TaskReading owner = owners.get(shard);
    if (owner == null) {
      if (invocation.start() > latest) {
        disagree(
            shard,
            "invocation %d is newer than every task, and no task says that it has the shard"
                .formatted(invocation.id()));
      }
      return;
    }
    if (invocation.start() < owner.since() || !invocation.process().equals(owner.process())) {
      return;
    }
    Seen there = seen.get(owner);
    there.calls++;
    there.sent += records.size();
    if (invocation.fate() == Invocation.Fate.ACKNOWLEDGED) {
      there.acknowledged++;
      there.delivered += records.size();
      if (invocation.acknowledged() >= invocation.start() + terms.waitedOut()) {
        there.late++;
        there.deliveredLate += records.size();
      }
    }
  }

  private void compare(TaskReading reading, Seen seen) {
    for (String name : AT_REST) {
      between(reading, name, 0, 0);
    }
    ENDS.forEach(name -> between(reading, name, 0, Long.MAX_VALUE));
    between(reading, CALLS, seen.calls, Long.MAX_VALUE);
    compareShards(reading);
    long unheard = value(reading, NOBODY) + value(reading, UNKNOWN);
    long others = NOT_ACKNOWLEDGED.stream().mapToLong(name -> value(reading, name)).sum();
    between(reading, ACKNOWLEDGED, seen.acknowledged - seen.late, seen.acknowledged);
    between(reading, DELIVERED, seen.delivered - seen.deliveredLate, seen.delivered);
    long failed = seen.calls - seen.acknowledged;
    if (others < failed || others > failed + seen.late + unheard) {
      disagree(
          "of subtask " + reading.subtask(),
          "%s add up to %d, and the journal has %d invocations that were not acknowledged"
              .formatted(String.join(", ", NOT_ACKNOWLEDGED), others, failed));
    }
    long ended = ENDS.stream().mapToLong(name -> value(reading, name)).sum();
    if (value(reading, CALLS) != ended) {
      disagree(
          "of subtask " + reading.subtask(),
          "%s is %d, and %s add up to %d"
              .formatted(CALLS, value(reading, CALLS), String.join(", ", ENDS), ended));
    }
    // An envelope that nobody heard of has a number of records that nobody can check.
    between(reading, SENT, seen.sent, unheard == 0 ? seen.sent : Long.MAX_VALUE);
    long errors = value(reading, SENT) - value(reading, DELIVERED);
    between(reading, ERRORS, errors, errors);
  }

  private void compareShards(TaskReading reading) {
    reading
        .shardValues()
        .forEach(
            (shard, values) -> {
              for (String name : SHARD_AT_REST) {
                shardBetween(reading, shard, name, 0, 0);
              }
              shardBetween(reading, shard, STATE, 0, IDLE);
              ShardTruth held = truth.get(shard);
              if (held == null) {
                disagree(shard, "has metrics, and the stream has no such shard");
              } else if (!held.records().isEmpty()) {
                Written last = held.records().get(held.records().size() - 1);
                shardBetween(reading, shard, POSITION, last.sequence(), last.sequence());
              }
            });
  }

  private static long value(TaskReading reading, String name) {
    return reading.value(name).orElse(0);
  }

  private void between(TaskReading reading, String name, long least, long most) {
    check("of subtask " + reading.subtask(), name, reading.value(name), least, most);
  }

  private void shardBetween(TaskReading reading, String shard, String name, long least, long most) {
    check(shard, name, reading.value(shard, name), least, most);
  }

  private void check(String where, String name, OptionalLong value, long least, long most) {
    if (value.isEmpty()) {
      disagree(where, name + " is not there");
    } else if (value.getAsLong() < least || value.getAsLong() > most) {
      disagree(
          where,
          "%s is %d, and by the journal and the stream %s"
              .formatted(name, value.getAsLong(), words(least, most)));
    }
  }

  private static String words(long least, long most) {
    if (least == most) {
      return Long.toString(least);
    }
    return most == Long.MAX_VALUE ? least + " or more" : least + " to " + most;
  }

  private void disagree(String where, String what) {
    findings.add(new Finding(Finding.Kind.METRIC_DISAGREES, where, what));
  }
}
