// SPDX-License-Identifier: Apache-2.0
package io.millrace.model;

import java.io.Serializable;
import java.util.Collection;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Where the reading of a shard begins, or goes on. */
public sealed interface StartPosition extends Serializable {

  /** True when it depends on the shard or the moment, so that it is resolved and never stored. */
  default boolean isRelative() {
    return false;
  }

  /** True when asking again later would resolve it to something else. */
  default boolean moves() {
    return false;
  }

  /** At the oldest record that the stream still has. */
  record Earliest() implements StartPosition {}

  /**
   * Behind the newest record at the moment of asking. Never stored: it is resolved once, into
   * {@link Earliest} (the shard had no record), {@link At} or {@link After}.
   */
  record Latest() implements StartPosition {
    @Override
    public boolean isRelative() {
      return true;
    }

    @Override
    public boolean moves() {
      return true;
    }
  }

  /**
   * At the record with this sequence in each shard named, at the oldest record in all others.
   *
   * @param byShard sequence by shard, from 0
   */
  record Sequences(Map<String, Long> byShard) implements StartPosition {
    public Sequences {
      byShard = Map.copyOf(byShard);
    }

    /** The shards named that are not listed, in order. */
    public SortedSet<String> unlisted(Collection<Shard> listing) {
      SortedSet<String> unlisted = new TreeSet<>(byShard.keySet());
      listing.forEach(shard -> unlisted.remove(shard.id()));
      return unlisted;
    }

    @Override
    public boolean isRelative() {
      return true;
    }
  }

  /**
   * Behind what the stream's own subscription says was consumed, at the oldest record of a shard of
   * which it says nothing. The subscription is asked once and not written to.
   */
  record Subscription() implements StartPosition {
    @Override
    public boolean isRelative() {
      return true;
    }

    @Override
    public boolean moves() {
      return true;
    }
  }

  /**
   * At the first record that the stream accepted at {@code time} or later.
   *
   * @param time milliseconds since the epoch
   */
  record At(long time) implements StartPosition {}

  /**
   * Behind a record that was read already.
   *
   * @param position of that record
   */
  record After(Position position) implements StartPosition {}
}
