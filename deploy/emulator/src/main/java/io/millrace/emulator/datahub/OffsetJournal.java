// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Everything that was done to the offsets of subscriptions, refused or not, in the order in which
 * it took effect: the evidence by which a ledger is judged.
 *
 * <p>A write is entered before it is answered. All of it is in memory. Safe for use by several
 * threads.
 */
public final class OffsetJournal {

  private final LongSupplier clock;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * @param clock microseconds, that of the journal of invocations
   */
  public OffsetJournal(LongSupplier clock) {
    this.clock = clock;
  }

  /** What was asked for. */
  public enum Action {
    /** A session, which ends the one before. */
    OPEN,
    /** To store an offset in a session. */
    COMMIT,
    /** To move an offset by hand, under a new version. */
    RESET
  }

  /**
   * One of them, for one shard.
   *
   * @param at when, on the clock of the journal of invocations
   * @param topic {@code project/topic}
   * @param timestamp of the offset, as the client gave it; after an opening, as it stood
   * @param sequence likewise; −1 where nothing was stored, or a time alone is meant
   * @param batchIndex likewise
   * @param session of the shard when it was done; of a refused commit the one that it named, −1
   *     where it named none
   * @param version likewise
   * @param refusal the service's error code; empty where it was done
   */
  public record Entry(
      long at,
      Action action,
      String topic,
      String subscription,
      String shard,
      long timestamp,
      long sequence,
      long batchIndex,
      long session,
      long version,
      Optional<String> refusal) {

    /** Whether it was done. */
    public boolean accepted() {
      return refusal.isEmpty();
    }
  }

  /** All so far. */
  public List<Entry> entries() {
    return entries(0);
  }

  /** Those from a number on, counted from 0. */
  public List<Entry> entries(long from) {
    synchronized (entries) {
      int first = (int) Math.min(Math.max(from, 0), entries.size());
      return List.copyOf(entries.subList(first, entries.size()));
    }
  }

  /** Writes the entries from a number on, one JSON object a line. */
  public void write(long from, Writer out) throws IOException {
    long number = Math.max(from, 0);
    for (Entry entry : entries(from)) {
      ObjectNode line =
          JsonNodeFactory.instance
              .objectNode()
              .put("number", number++)
              .put("at", entry.at())
              .put("action", entry.action().name().toLowerCase(Locale.ROOT))
              .put("topic", entry.topic())
              .put("subscription", entry.subscription())
              .put("shard", entry.shard())
              .put("timestamp", entry.timestamp())
              .put("sequence", entry.sequence())
              .put("batchIndex", entry.batchIndex())
              .put("session", entry.session())
              .put("version", entry.version())
              .put("accepted", entry.accepted());
      entry.refusal().ifPresent(code -> line.put("errorCode", code));
      out.write(line + "\n");
    }
  }

  /** How many there are. */
  public int size() {
    synchronized (entries) {
      return entries.size();
    }
  }

  /** The offsets of one subscription, as it sees them. */
  Line of(String topic, String subscription) {
    return new Line(topic, subscription);
  }

  /** One subscription's part. It enters under its own lock, so in the order of what it does. */
  final class Line {

    private final String topic;
    private final String subscription;

    private Line(String topic, String subscription) {
      this.topic = topic;
      this.subscription = subscription;
    }

    void done(Action action, String shard, Subscription.Offset now) {
      add(
          action,
          shard,
          now.timestamp(),
          now.sequence(),
          now.batchIndex(),
          now.session(),
          now.version(),
          Optional.empty());
    }

    void refused(String shard, Subscription.Commit commit, String code) {
      add(
          Action.COMMIT,
          shard,
          commit.timestamp(),
          commit.sequence(),
          commit.batchIndex(),
          commit.session().orElse(-1),
          commit.version().orElse(-1),
          Optional.of(code));
    }

    private void add(
        Action action,
        String shard,
        long timestamp,
        long sequence,
        long batchIndex,
        long session,
        long version,
        Optional<String> refusal) {
      synchronized (entries) {
        entries.add(
            new Entry(
                clock.getAsLong(),
                action,
                topic,
                subscription,
                shard,
                timestamp,
                sequence,
                batchIndex,
                session,
                version,
                refusal));
      }
    }
  }
}
