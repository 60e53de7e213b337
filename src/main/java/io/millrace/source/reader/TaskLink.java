// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import io.millrace.model.StartPosition;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What the reader and the lanes of one Flink task share. Source and Dispatch are chained, so both
 * live in one task and on one task thread; only the gate is read from fetcher threads as well.
 *
 * <p>A reader that begins a shard asks the lanes where; the lanes may move it later on.
 *
 * <p>The gate: a lane that holds enough closes its shard, and nothing is fetched for it until the
 * lane opens it again. Closing before the shard is assigned counts too, so a lane restored full
 * closes its gate before splits exist.
 *
 * <p>Nothing here is checkpointed; both sides rebuild it when the task starts. A link is found by
 * the id of the task's execution attempt, and is dropped when both sides have released it.
 */
public final class TaskLink {

  private static final ConcurrentMap<String, TaskLink> LINKS = new ConcurrentHashMap<>();

  private final String attempt;
  private int holders;
  private final Set<String> ended = ConcurrentHashMap.newKeySet();
  private final Set<String> closed = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> room = new ConcurrentHashMap<>();
  private final Map<String, ShardProgress> progress = new ConcurrentHashMap<>();
  private Map<String, List<String>> waiting = Map.of();
  private Reading reader;
  private Lanes lanes = (shard, lane, next) -> next;

  /** What the lanes ask of the reader, on the task thread. */
  public interface Reading {

    /** A shard was opened for fetching. */
    void wake();

    /** The lane of the shard has passed its end. */
    void drained(String shard);

    /**
     * Reads a shard from {@code next} on. Nothing that was read before is emitted any more. A shard
     * that was read to its end is read again.
     */
    void move(String shard, StartPosition next);

    /**
     * Turns a place into one that means the same later on.
     *
     * @return fails with a {@link io.millrace.source.StreamException}, also when the record at the
     *     place has expired
     */
    CompletableFuture<Located> locate(String shard, StartPosition place);
  }

  /**
   * A place in a shard.
   *
   * @param place not {@linkplain StartPosition#isRelative relative}
   * @param now where that is now, as far as the stream can tell
   */
  public record Located(StartPosition place, StartPosition now) {}

  /** What the reader asks of the lanes, on the task thread. */
  @FunctionalInterface
  public interface Lanes {

    /**
     * The reader is about to begin a shard.
     *
     * @param lane key of the shard's lane
     * @param next where it would begin
     * @return where it is to begin
     */
    StartPosition assigned(String shard, int lane, StartPosition next);
  }

  private TaskLink(String attempt) {
    this.attempt = attempt;
  }

  /** The link of a task; to be released once per call. */
  public static TaskLink acquire(String executionAttempt) {
    return LINKS.compute(
        executionAttempt,
        (id, link) -> {
          TaskLink found = link == null ? new TaskLink(id) : link;
          found.holders++;
          return found;
        });
  }

  /** Gives the link back. */
  public void release() {
    LINKS.computeIfPresent(attempt, (id, link) -> --link.holders == 0 ? null : link);
  }

  /** How many links are held in this JVM, for leak tests. */
  static int held() {
    return LINKS.size();
  }

  // ---- the reader's side ----

  /** The reader introduces itself. */
  void attachReader(Reading reading) {
    this.reader = reading;
  }

  /** Where the reader is to begin a shard; asked before its first fetch. */
  StartPosition assigned(String shard, int lane, StartPosition next) {
    ended.remove(shard);
    return lanes.assigned(shard, lane, next);
  }

  /** True while the shard may be fetched. Any thread. */
  public boolean isOpen(String shard) {
    return !closed.contains(shard);
  }

  /**
   * How many records the lane of the shard had room for when it opened the gate; told once for each
   * time that it said so. Any thread.
   */
  OptionalInt takeRoom(String shard) {
    Integer told = room.remove(shard);
    return told == null ? OptionalInt.empty() : OptionalInt.of(told);
  }

  /** The reader tells how far it is. Any thread. */
  public void report(String shard, ShardProgress reached) {
    if (!ended.contains(shard)) {
      progress.put(shard, reached);
    }
  }

  /** The shards that will be read here once their parents are delivered, with these. */
  void setWaiting(Map<String, List<String>> parentsByShard) {
    waiting = Map.copyOf(parentsByShard);
  }

  // ---- the lanes' side, on the task thread ----

  /** The lanes introduce themselves. */
  public void attachLanes(Lanes asked) {
    this.lanes = asked;
  }

  /** The reader; there is one when {@link #isChained}. */
  public Reading reader() {
    return reader;
  }

  /** True when a reader of this task has introduced itself: the two are chained. */
  public boolean isChained() {
    return reader != null;
  }

  /** Stops fetching for a shard. */
  public void close(String shard) {
    closed.add(shard);
  }

  /** Lets fetching for a shard go on, with so many records at first. */
  public void open(String shard, int records) {
    room.put(shard, records);
    open(shard);
  }

  /** Lets fetching for a shard go on. */
  public void open(String shard) {
    if (closed.remove(shard) && reader != null) {
      reader.wake();
    }
  }

  /** The lane of the shard has passed its end: every record was acknowledged or given up. */
  public void drained(String shard) {
    // Before it is removed: the reader may be about to report once more.
    ended.add(shard);
    progress.remove(shard);
    room.remove(shard);
    if (reader != null) {
      reader.drained(shard);
    }
  }

  /** The shards that will be read here once their parents are delivered, with these. */
  public Map<String, List<String>> waiting() {
    return waiting;
  }

  /** How far the reader is, shard by shard; a live view. */
  public Map<String, ShardProgress> progress() {
    return Collections.unmodifiableMap(progress);
  }
}
