// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A connector as the service describes it. It moves no record: its progress is the offsets of its
 * subscription, which a test or a user sets. Safe for use by several threads.
 */
final class Connector {

  private final String id;
  private final String type;
  private final Subscription subscription;
  private final long createdAt;
  private final long startTime;
  private List<String> columns;
  private ObjectNode config;
  private boolean running = true;
  private long changedAt;

  /**
   * @param type such as {@code sink_fc}
   * @param startTime of the records it is to begin with; −1 for the oldest
   */
  Connector(
      String id,
      String type,
      Subscription subscription,
      List<String> columns,
      ObjectNode config,
      long startTime,
      long createdAt) {
    this.id = id;
    this.type = type;
    this.subscription = subscription;
    this.columns = List.copyOf(columns);
    this.config = config.deepCopy();
    this.startTime = startTime;
    this.createdAt = createdAt;
    this.changedAt = createdAt;
  }

  /** How far it is with a shard, in the words of the service. */
  enum ShardState {
    CONTEXT_PLANNED,
    CONTEXT_EXECUTING,
    CONTEXT_STOPPED,
    CONTEXT_FINISHED
  }

  String id() {
    return id;
  }

  String type() {
    return type;
  }

  Subscription subscription() {
    return subscription;
  }

  long createdAt() {
    return createdAt;
  }

  synchronized long changedAt() {
    return changedAt;
  }

  synchronized List<String> columns() {
    return columns;
  }

  synchronized ObjectNode config() {
    return config.deepCopy();
  }

  synchronized boolean running() {
    return running;
  }

  synchronized void setRunning(boolean value, long now) {
    running = value;
    changedAt = now;
  }

  /** Changes what is given and keeps the rest. */
  synchronized void update(ObjectNode changes, List<String> newColumns, long now) {
    config.setAll(changes);
    if (!newColumns.isEmpty()) {
      columns = List.copyOf(newColumns);
    }
    changedAt = now;
  }

  synchronized void addColumn(String column, long now) {
    if (columns.contains(column)) {
      throw DataHubException.invalidParameter("The connector has the field: " + column);
    }
    List<String> all = new ArrayList<>(columns);
    all.add(column);
    columns = List.copyOf(all);
    changedAt = now;
  }

  /** The sequence at which it begins a shard. */
  long startSequence(ShardLog shard) {
    return startTime < 0
        ? shard.firstSequence()
        : shard.since(startTime, Long.MAX_VALUE).sequence();
  }

  /** The sequence of the last record it has moved; −1 before the first. */
  long currentSequence(ShardLog shard) {
    return subscription.get(shard.id()).sequence();
  }

  boolean isFinished(ShardLog shard) {
    long done = Math.max(currentSequence(shard), startSequence(shard) - 1);
    return !shard.active() && done >= shard.nextSequence() - 1;
  }

  /** Parents first, as the service does it. */
  ShardState state(ShardLog shard, List<ShardLog> listed) {
    if (isFinished(shard)) {
      return ShardState.CONTEXT_FINISHED;
    }
    if (!running()) {
      return ShardState.CONTEXT_STOPPED;
    }
    boolean waits =
        listed.stream()
            .anyMatch(other -> shard.parents().contains(other.id()) && !isFinished(other));
    return waits ? ShardState.CONTEXT_PLANNED : ShardState.CONTEXT_EXECUTING;
  }
}
