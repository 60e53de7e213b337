// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.control.Command;
import io.millrace.control.LaneStatus;
import io.millrace.control.Miss;
import io.millrace.control.PlaceAnswer;
import io.millrace.control.Pull;
import io.millrace.dispatch.lane.Dispatcher;
import io.millrace.dispatch.lane.Lane;
import io.millrace.dispatch.lane.LaneSnapshot;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import io.millrace.source.reader.ShardProgress;
import io.millrace.source.reader.TaskLink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a subtask tells the coordinator: of each pull only what has changed since the last pull that
 * was answered. Belongs to the task thread.
 */
final class StatusReport {

  private final int subtask;
  private final String attempt;
  private final String host;
  private final TaskLink link;
  private final LaneMetrics metrics;
  private final Map<String, LaneStatus> told = new HashMap<>();
  private final Map<String, LaneStatus> ended = new HashMap<>();
  private final List<Command> applied = new ArrayList<>();
  private final List<Miss> missed = new ArrayList<>();
  private final List<PlaceAnswer> places = new ArrayList<>();

  StatusReport(int subtask, String attempt, String host, TaskLink link, LaneMetrics metrics) {
    this.subtask = subtask;
    this.attempt = attempt;
    this.host = host;
    this.link = link;
    this.metrics = metrics;
  }

  /** A command was applied; told until an answer confirms it. */
  void applied(Command command) {
    if (!applied.contains(command)) {
      applied.add(command);
    }
  }

  /** A command came too late; told until an answer confirms it. */
  void missed(Command command, String reason) {
    Miss miss = new Miss(command, reason);
    if (!missed.contains(miss)) {
      missed.add(miss);
    }
  }

  /** A question of a survey was answered; told until the coordinator confirms it. */
  void found(PlaceAnswer answer) {
    places.add(answer);
  }

  /** The lane has passed its end and is gone. */
  void ended(Lane lane, long now) {
    ended.put(lane.shard(), status(lane, false, false, now));
  }

  /** A shard is read here; one that had ended has come back. */
  void begun(String shard) {
    ended.remove(shard);
  }

  /** True when the shard's lane has passed its end in this attempt, and it has not come back. */
  boolean hasEnded(String shard) {
    return ended.containsKey(shard);
  }

  Pull pull(Dispatcher dispatcher, long now) {
    boolean blocked = dispatcher.blockedBy().isPresent();
    Map<String, LaneStatus> current = new HashMap<>();
    link.waiting().forEach((shard, parents) -> current.put(shard, waiting(shard, parents)));
    link.progress().forEach((shard, progress) -> current.put(shard, unread(shard)));
    current.putAll(ended);
    for (Lane lane : dispatcher.lanes()) {
      current.put(lane.shard(), status(lane, blocked, dispatcher.isSeeking(lane.shard()), now));
    }
    metrics.observe(current.values(), blocked);
    dispatcher.lanes().forEach(lane -> metrics.observeCalls(lane.shard(), lane.callMillis()));
    List<LaneStatus> changed = new ArrayList<>();
    for (LaneStatus status : current.values()) {
      if (!status.equals(told.get(status.shard()))) {
        changed.add(status);
      }
    }
    return new Pull(
        subtask, attempt, host, changed, applied, missed, places, dispatcher.reportTarget());
  }

  /** The coordinator answered a pull. */
  void confirmed(Pull pull) {
    pull.changed().forEach(status -> told.put(status.shard(), status));
    applied.removeAll(pull.applied());
    missed.removeAll(pull.missed());
    places.removeAll(pull.places());
  }

  /** A shard that has not begun. */
  private static LaneStatus waiting(String shard, List<String> parents) {
    return without(shard, Lane.State.OPENING, LaneStatus.PARENTS, null, null, parents);
  }

  /** A shard of which no record was read. */
  private LaneStatus unread(String shard) {
    ShardProgress progress = link.progress().get(shard);
    return without(
        shard,
        Lane.State.IDLE,
        Lane.Waiting.RECORDS.name(),
        known(progress.readSequence()),
        progress.latestSequence() < 0 ? null : Math.max(0, lag(progress, -1)),
        progress.parents());
  }

  /** A shard without a lane. */
  private static LaneStatus without(
      String shard,
      Lane.State state,
      String waitingFor,
      Long readPosition,
      Long lagRecords,
      List<String> parents) {
    return new LaneStatus(
        shard,
        state.name(),
        waitingFor,
        null,
        readPosition,
        lagRecords,
        null,
        0,
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        0,
        0,
        List.of(),
        parents);
  }

  private LaneStatus status(Lane lane, boolean blocked, boolean seeking, long now) {
    LaneSnapshot snapshot = lane.snapshot();
    Position position = snapshot.delivered().orElse(null);
    ShardProgress progress =
        link.progress()
            .getOrDefault(lane.shard(), new ShardProgress(lane.key(), -1, -1, -1, List.of()));
    Long lag = null;
    Long lagMs = null;
    if (progress.latestSequence() >= 0 && position != null) {
      lag = Math.max(0, lag(progress, position.sequence()));
      lagMs = lag == 0 ? 0 : Math.max(0, progress.latestTime() - position.time());
    }
    Lane.State state = lane.state(now);
    boolean waits = state == Lane.State.READY || state == Lane.State.RETRYING;
    return new LaneStatus(
        lane.shard(),
        blocked && waits ? LaneStatus.BLOCKED : state.name(),
        blocked && waits ? LaneStatus.FUNCTION : waitingFor(lane, seeking, now),
        position,
        known(progress.readSequence()),
        lag,
        lagMs,
        snapshot.attempts(),
        boxed(lane.nextAttemptAt(now)),
        lane.inFlight() ? lane.inFlightSince() : null,
        lane.lastError().orElse(null),
        sealed(lane),
        lane.calls().calls() == 0 ? null : lane.calls(),
        snapshot.envelopes(),
        snapshot.records(),
        snapshot.discarded(),
        snapshot.repeated(),
        snapshot.commands(),
        progress.parents());
  }

  private static String waitingFor(Lane lane, boolean seeking, long now) {
    return seeking
        ? Lane.Waiting.COMMAND.name()
        : lane.waitingFor(now).map(Lane.Waiting::name).orElse(null);
  }

  private static LaneStatus.Sealed sealed(Lane lane) {
    List<ShardRecord> envelope = lane.sealedRecords();
    return envelope.isEmpty()
        ? null
        : new LaneStatus.Sealed(
            envelope.get(0).position(),
            envelope.get(envelope.size() - 1).position(),
            envelope.size());
  }

  private static Long boxed(OptionalLong time) {
    return time.isPresent() ? time.getAsLong() : null;
  }

  private static long lag(ShardProgress progress, long deliveredSequence) {
    return progress.latestSequence() - deliveredSequence;
  }

  private static Long known(long sequence) {
    return sequence < 0 ? null : sequence;
  }
}
