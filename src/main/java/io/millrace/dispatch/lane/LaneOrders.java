// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does to the lanes of a subtask what operators command. Each command is done once: the lane keeps
 * the ids of the last ones in its state, so whoever restores it knows.
 *
 * <p>With a ledger, a lane from which something was skipped goes on when a completed checkpoint has
 * that. Else the ledger would be ahead of a restored lane, and nobody could tell any more whether
 * the envelope was delivered or skipped.
 *
 * <p>Belongs to the task thread.
 */
public final class LaneOrders {

  private static final Logger LOG = LoggerFactory.getLogger(LaneOrders.class);

  private static final long NONE_YET = Long.MAX_VALUE;

  private static final Effect NO_LANE =
      new Effect.Missed("the shard has ended, or has had no record yet");

  /** What this class needs of the dispatcher. */
  interface Host {

    /** The lane of a shard, if it has one. */
    Optional<Lane> lane(String shard);

    /** The lane of a shard; a new one if it has none. */
    Lane lane(String shard, int key);

    /** A command has changed the lane. */
    void changed(Lane lane);

    /** Records at the head of the lane were given up: it is further than it was. */
    void passed(Lane lane);

    /** Whether positions are kept in a ledger. */
    boolean keepsLedger();

    /** So many records were given up. */
    void discarded(int records);

    long now();
  }

  private final String stream;
  private final Host host;
  private final Map<Lane, Skipped> skipped = new HashMap<>();

  /**
   * What a lane waits for to be durable.
   *
   * @param from where the lane stood
   * @param checkpoint the first that has it; {@link #NONE_YET} before it has begun
   */
  private record Skipped(Optional<Position> from, long checkpoint) {}

  LaneOrders(String stream, Host host) {
    this.stream = stream;
    this.host = host;
  }

  /** Suspends a shard that has a lane; later, if it has none. */
  public Effect suspend(String id, String shard) {
    return host.lane(shard).map(lane -> suspend(id, lane)).orElse(Effect.LATER);
  }

  /**
   * Suspends a shard that need not have had a record yet.
   *
   * @param key of the shard's lane
   */
  public Effect suspend(String id, String shard, int key) {
    return suspend(id, host.lane(shard, key));
  }

  private Effect suspend(String id, Lane lane) {
    if (!lane.hasDone(id)) {
      lane.setDone(id);
      if (lane.suspend("suspended by an operator", host.now())) {
        LOG.info("{} shard {}: suspended by an operator", stream, lane.shard());
      }
      host.changed(lane);
    }
    return Effect.DONE;
  }

  /** Lets a suspended shard go on. One without a lane is not suspended. */
  public Effect resume(String id, String shard) {
    Lane lane = host.lane(shard).orElse(null);
    if (lane == null || lane.hasDone(id)) {
      return Effect.DONE;
    }
    lane.setDone(id);
    if (lane.resume()) {
      LOG.info("{} shard {}: resumed by an operator", stream, shard);
    }
    host.changed(lane);
    return Effect.DONE;
  }

  /** Makes the next attempt now. */
  public Effect retry(String id, String shard) {
    Lane lane = host.lane(shard).orElse(null);
    if (lane == null) {
      return NO_LANE;
    }
    if (lane.hasDone(id)) {
      return Effect.DONE;
    }
    if (!lane.retry(host.now())) {
      return new Effect.Missed("it did not wait for its next attempt any more");
    }
    lane.setDone(id);
    LOG.info(
        "{} shard {}: tried again by an operator, after {} failed attempts",
        stream,
        shard,
        lane.attempts());
    host.changed(lane);
    return Effect.DONE;
  }

  /**
   * Gives up an envelope or one record of it. While a call is under way with it, its answer is
   * awaited, and nothing is launched after it.
   */
  public Effect skip(String id, String shard, SkipTarget target) {
    Lane lane = host.lane(shard).orElse(null);
    if (lane == null) {
      return NO_LANE;
    }
    if (lane.hasDone(id)) {
      return Effect.DONE;
    }
    if (lane.inFlight() || lane.isOpening()) {
      lane.setAwaitingCommand(true);
      return Effect.LATER;
    }
    Effect effect = skip(id, lane, target);
    lane.setAwaitingCommand(false);
    host.changed(lane);
    return effect;
  }

  private Effect skip(String id, Lane lane, SkipTarget target) {
    List<ShardRecord> envelope = lane.sealedRecords();
    if (envelope.isEmpty()
        || envelope.get(0).position().compareTo(target.first()) != 0
        || envelope.get(envelope.size() - 1).position().compareTo(target.last()) != 0) {
      return new Effect.Missed(
          "the envelope from "
              + target.first()
              + " to "
              + target.last()
              + " is not there any more");
    }
    int place = -1;
    if (target.sequence() != null) {
      List<Integer> places =
          IntStream.range(0, envelope.size())
              .filter(i -> isMeant(envelope.get(i), target))
              .boxed()
              .toList();
      if (places.size() != 1) {
        return new Effect.Missed(
            places.isEmpty()
                ? "the envelope has no such record"
                : "the envelope has "
                    + places.size()
                    + " records of this sequence; name one of them, such as "
                    + envelope.get(places.get(0)).position());
      }
      place = places.get(0);
    }
    lane.setDone(id);
    LOG.warn(
        "{} shard {}: skipped by an operator: {}, after {} failed attempts; reason: {}",
        stream,
        lane.shard(),
        described(envelope, place),
        lane.attempts(),
        target.reason());
    Optional<Position> before = lane.delivered();
    if (place < 0) {
      lane.discard();
    } else {
      lane.discard(place);
    }
    host.discarded(place < 0 ? envelope.size() : 1);
    if (host.keepsLedger()) {
      Skipped earlier = skipped.getOrDefault(lane, new Skipped(before, NONE_YET));
      skipped.put(lane, new Skipped(earlier.from(), NONE_YET));
      lane.setAwaitingCheckpoint(true);
    }
    return Effect.DONE;
  }

  /** The state of the lanes is written. */
  public void checkpoint(long id) {
    skipped.replaceAll((lane, skip) -> new Skipped(skip.from(), Math.min(skip.checkpoint(), id)));
  }

  /** A checkpoint is complete: lanes go on of which it has what was skipped. */
  public void complete(long checkpoint) {
    for (Lane lane : List.copyOf(skipped.keySet())) {
      Skipped skip = skipped.get(lane);
      if (skip.checkpoint() <= checkpoint) {
        skipped.remove(lane);
        lane.setAwaitingCheckpoint(false);
        if (lane.delivered().isPresent() && !lane.delivered().equals(skip.from())) {
          host.passed(lane);
        }
        host.changed(lane);
      }
    }
  }

  private static boolean isMeant(ShardRecord record, SkipTarget target) {
    return record.sequence() == target.sequence()
        && (target.index() == null || record.index() == target.index());
  }

  private static String described(List<ShardRecord> envelope, int place) {
    if (place >= 0) {
      return "1 record of " + envelope.size() + ", " + envelope.get(place).position();
    }
    Position first = envelope.get(0).position();
    return envelope.size() == 1
        ? "1 record, " + first
        : envelope.size()
            + " records, "
            + first
            + " to "
            + envelope.get(envelope.size() - 1).position();
  }
}
