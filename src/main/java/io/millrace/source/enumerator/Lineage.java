// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import io.millrace.model.Shard;
import io.millrace.model.StartPosition;
import io.millrace.source.ShardSplit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which shard continues which, how far each is, and which may begin.
 *
 * <p>A shard may begin when all its parents are drained and a completed checkpoint says so: else a
 * crash could bring back a parent after its child was begun. A parent that the stream does not list
 * any more, and of which nothing is known here, is gone and holds nobody up.
 *
 * <p>Plain and confined to one thread. The shards are checkpointed; what is not durable yet, what
 * was listed last and whose start is pinned are not: a restored lineage takes everything it holds
 * for durable, and lets nothing begin before the first listing.
 */
final class Lineage {

  /** Not contained in any checkpoint so far. */
  private static final long NO_CHECKPOINT = Long.MAX_VALUE;

  private final Map<String, TrackedShard> shards = new LinkedHashMap<>();

  /** Drained shards that no completed checkpoint has as drained: the first one that would. */
  private final Map<String, Long> drainedIn = new HashMap<>();

  /** New shards whose start need not be pinned any more. */
  private final Set<String> pinned = new HashSet<>();

  /** False until the first listing of this run: before it nobody knows what is gone. */
  private boolean heard;

  private Set<String> listed = Set.of();
  private Set<String> readable = Set.of();

  /** Whether a closed shard can be open again. */
  private final boolean reopens;

  Lineage(Collection<TrackedShard> restored, boolean reopens) {
    this.reopens = reopens;
    restored.forEach(shard -> shards.put(shard.id(), shard));
  }

  /**
   * Takes in the first listing of a job's life. With LATEST, closed shards count as drained. Of a
   * relative start, {@code resolved} has the positions of the shards that {@linkplain
   * #needsResolving need resolving}.
   */
  void begin(List<Shard> listing, StartPosition start, Map<String, StartPosition> resolved) {
    boolean latest = start instanceof StartPosition.Latest;
    for (Shard shard : listing) {
      if (!start.isRelative()) {
        track(shard, start, ShardState.NEW);
      } else {
        // A shard that is still being prepared holds nothing yet: all it will hold is new.
        StartPosition position = resolved.getOrDefault(shard.id(), new StartPosition.Earliest());
        track(shard, position, latest && !shard.open() ? ShardState.DRAINED : ShardState.NEW);
      }
    }
    remember(listing);
    // What may begin now needs no pinning. Tracked in full first: parents can be listed later.
    for (TrackedShard shard : shards.values()) {
      if (shard.state() == ShardState.NEW && readable.contains(shard.id()) && isNext(shard)) {
        pinned.add(shard.id());
      }
    }
  }

  /** True when the position of a relative start has to be found for this shard. */
  boolean needsResolving(Shard shard, StartPosition start) {
    return shard.readable()
        && (shard.open() || reopens || !(start instanceof StartPosition.Latest));
  }

  /**
   * Takes in a later listing: shards not seen before begin at their oldest record, and one that was
   * drained and is open again goes on behind its last.
   */
  void listed(List<Shard> listing) {
    for (Shard shard : listing) {
      if (!shards.containsKey(shard.id())) {
        track(shard, new StartPosition.Earliest(), ShardState.NEW);
      } else if (reopens && shard.open() && isDurablyDrained(shard.id())) {
        shards.put(shard.id(), shards.get(shard.id()).in(ShardState.NEW));
        // What expired since then is to be missed without further ado.
        pinned.add(shard.id());
      }
    }
    remember(listing);
  }

  private void track(Shard shard, StartPosition start, ShardState state) {
    int lane = Placement.laneKey(shard.ordinal(), Placement.MAX_PARALLELISM);
    shards.put(shard.id(), new TrackedShard(shard.id(), lane, shard.parents(), start, state));
  }

  private void remember(List<Shard> listing) {
    Set<String> all = new HashSet<>();
    Set<String> ready = new HashSet<>();
    for (Shard shard : listing) {
      all.add(shard.id());
      if (shard.readable()) {
        ready.add(shard.id());
      }
    }
    heard = true;
    listed = all;
    readable = ready;
    forgetGone();
  }

  /** Drops drained shards that are not listed and that no shard to come continues. */
  private void forgetGone() {
    Set<String> awaited = new HashSet<>();
    for (TrackedShard shard : shards.values()) {
      if (shard.state() == ShardState.NEW) {
        awaited.addAll(shard.parents());
      }
    }
    shards
        .values()
        .removeIf(
            shard ->
                shard.state() == ShardState.DRAINED
                    && !drainedIn.containsKey(shard.id())
                    && !listed.contains(shard.id())
                    && !awaited.contains(shard.id()));
  }

  /**
   * Shards that do not begin before their start is {@link #pin pinned}: what expires while they
   * wait for their turn is to be missed.
   */
  List<TrackedShard> unpinned() {
    return shards.values().stream()
        .filter(shard -> shard.state() == ShardState.NEW)
        .filter(shard -> readable.contains(shard.id()) && !pinned.contains(shard.id()))
        .toList();
  }

  /** A shard begins there, unless it has begun. */
  void pin(String id, StartPosition start) {
    TrackedShard shard = shards.get(id);
    if (shard != null && shard.state() == ShardState.NEW) {
      shards.put(id, shard.from(start));
      pinned.add(id);
    }
  }

  /**
   * Lets every shard begin that may; they are READING from now on. One that left the listing before
   * it began begins too: only its reader can say what is lost with it, and its descendants wait.
   */
  List<TrackedShard> startable() {
    List<TrackedShard> begun = new ArrayList<>();
    for (TrackedShard shard : List.copyOf(shards.values())) {
      boolean ready = readable.contains(shard.id()) && pinned.contains(shard.id());
      if (shard.state() == ShardState.NEW && (ready || isGone(shard.id())) && isNext(shard)) {
        shards.put(shard.id(), shard.in(ShardState.READING));
        pinned.remove(shard.id());
        begun.add(shard);
      }
    }
    return begun;
  }

  /** Shards that do not begin before their parents are drained, and that is durable. */
  List<TrackedShard> waitingForParents() {
    return shards.values().stream()
        .filter(shard -> shard.state() == ShardState.NEW && !isNext(shard))
        .toList();
  }

  private boolean isNext(TrackedShard shard) {
    return shard.parents().stream().allMatch(this::isPassed);
  }

  private boolean isGone(String id) {
    return heard && !listed.contains(id);
  }

  private boolean isPassed(String parent) {
    return shards.containsKey(parent) ? isDurablyDrained(parent) : !listed.contains(parent);
  }

  /** Knows from now on a split that a reader holds and that was not known. */
  void adopt(ShardSplit split) {
    shards.putIfAbsent(
        split.shard(),
        new TrackedShard(
            split.shard(), split.lane(), split.parents(), split.next(), ShardState.READING));
  }

  /**
   * The lane of a shard being read has passed its end.
   *
   * @param next what would follow
   */
  void drained(String id, StartPosition next) {
    TrackedShard shard = shards.get(id);
    if (shard != null && shard.state() == ShardState.READING) {
      shards.put(id, shard.from(next).in(ShardState.DRAINED));
      drainedIn.put(id, NO_CHECKPOINT);
    }
  }

  /** The reader of a shard was set back: it reads the shard's end again unless that is durable. */
  void setBack(String id) {
    if (drainedIn.remove(id) != null) {
      shards.put(id, shards.get(id).in(ShardState.READING));
    }
  }

  /** A checkpoint was taken of what is known now. */
  void snapshotted(long checkpoint) {
    drainedIn.replaceAll((id, first) -> first == NO_CHECKPOINT ? checkpoint : first);
  }

  /**
   * A checkpoint was completed.
   *
   * @return ids of the shards whose being drained is durable through it
   */
  List<String> completed(long checkpoint) {
    List<String> durable = new ArrayList<>();
    drainedIn.forEach(
        (id, first) -> {
          if (first != NO_CHECKPOINT && first <= checkpoint) {
            durable.add(id);
          }
        });
    durable.forEach(drainedIn::remove);
    return durable;
  }

  /** True when no reader will ever have to read the shard again. */
  boolean isDurablyDrained(String id) {
    TrackedShard shard = shards.get(id);
    return shard != null && shard.state() == ShardState.DRAINED && !drainedIn.containsKey(id);
  }

  /** How far a shard is, where it is known. */
  Optional<ShardState> state(String id) {
    return Optional.ofNullable(shards.get(id)).map(TrackedShard::state);
  }

  /** All shards, for the checkpoint. */
  List<TrackedShard> shards() {
    return List.copyOf(shards.values());
  }
}
