// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import io.millrace.emulator.datahub.OffsetJournal.Action;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A subscription: the offset of each shard, the session that may commit it, and the version that a
 * reset moves on. Safe for use by several threads.
 */
final class Subscription {

  private final String id;
  private final long createdAt;
  private final Map<String, Offset> offsets = new LinkedHashMap<>();
  private final boolean system;
  private final ConsumerGroup group;
  private final OffsetJournal.Line journal;
  private String comment;
  private boolean online = true;

  Subscription(
      String id, String comment, boolean system, long createdAt, OffsetJournal.Line journal) {
    this.id = id;
    this.comment = comment;
    this.system = system;
    this.createdAt = createdAt;
    this.journal = journal;
    this.group = new ConsumerGroup(id);
  }

  /**
   * The last record consumed of a shard.
   *
   * @param session counts the openings; 0 before the first one
   * @param version counts the resets
   */
  record Offset(long timestamp, long sequence, long batchIndex, long version, long session) {
    static final Offset NEVER = new Offset(-1, -1, 0, 0, 0);
  }

  /** What a client wants to store. */
  record Commit(
      long timestamp, long sequence, long batchIndex, OptionalLong version, OptionalLong session) {}

  String id() {
    return id;
  }

  long createdAt() {
    return createdAt;
  }

  /** True when it belongs to a connector. */
  boolean system() {
    return system;
  }

  /** Those who share its shards among them. */
  ConsumerGroup group() {
    return group;
  }

  synchronized String comment() {
    return comment;
  }

  synchronized void setComment(String text) {
    comment = text;
  }

  synchronized boolean online() {
    return online;
  }

  synchronized void setOnline(boolean value) {
    online = value;
  }

  /** Opens a session per shard, which ends the sessions before. */
  synchronized Map<String, Offset> open(List<String> shards) {
    requireOnline();
    Map<String, Offset> opened = new LinkedHashMap<>();
    for (String shard : shards) {
      Offset was = get(shard);
      Offset now =
          new Offset(
              was.timestamp(), was.sequence(), was.batchIndex(), was.version(), was.session() + 1);
      offsets.put(shard, now);
      opened.put(shard, now);
      journal.done(Action.OPEN, shard, now);
    }
    return opened;
  }

  synchronized Offset get(String shard) {
    return offsets.getOrDefault(shard, Offset.NEVER);
  }

  /** Stores offsets, all or none. */
  synchronized void commit(Map<String, Commit> commits) {
    commits.forEach(
        (shard, commit) ->
            refusal(shard, commit)
                .ifPresent(
                    refusal -> {
                      journal.refused(shard, commit, refusal.code());
                      throw refusal;
                    }));
    commits.forEach(
        (shard, commit) -> {
          Offset now = moved(get(shard), commit, get(shard).version());
          offsets.put(shard, now);
          journal.done(Action.COMMIT, shard, now);
        });
  }

  private Optional<DataHubException> refusal(String shard, Commit commit) {
    Offset known = get(shard);
    if (!online) {
      return Optional.of(offline());
    }
    if (known.session() == 0 || commit.session().isEmpty()) {
      return Optional.of(
          new DataHubException(
              "OffsetSessionClosed", "The offset session of shard " + shard + " is not open."));
    }
    if (commit.session().getAsLong() != known.session()) {
      return Optional.of(
          new DataHubException(
              "OffsetSessionChanged", "The offset session of shard " + shard + " was taken over."));
    }
    return commit.version().orElse(0) == known.version()
        ? Optional.empty()
        : Optional.of(new DataHubException("OffsetReseted", "Offset has reseted"));
  }

  /** Moves offsets by hand: needs no session, and moves the version on. */
  synchronized void reset(Map<String, Commit> resets) {
    resets.forEach(
        (shard, reset) -> {
          Offset now = moved(get(shard), reset, get(shard).version() + 1);
          offsets.put(shard, now);
          journal.done(Action.RESET, shard, now);
        });
  }

  private static Offset moved(Offset known, Commit to, long version) {
    return new Offset(to.timestamp(), to.sequence(), to.batchIndex(), version, known.session());
  }

  private void requireOnline() {
    if (!online) {
      throw offline();
    }
  }

  private static DataHubException offline() {
    return new DataHubException("SubscriptionOffline", "The subscription is offline.");
  }
}
