// SPDX-License-Identifier: Apache-2.0
package io.millrace.model;

import java.util.Objects;

/**
 * One record of a shard, as it travels from the reader into its lane; or the marker that the shard
 * has ended. Immutable: neither the reader nor the lane may write into {@link #body()}.
 *
 * <p>The body is the record's own part of the event, already encoded by the connector that read it
 * (for DataHub the JSON object with {@code eventId}, {@code systemTime} and {@code data}), so that
 * an envelope is put together by copying bytes, and its size is known before it is sealed.
 *
 * @param shard id of the shard, as the stream names it
 * @param lane key of the shard's lane; its key group decides which subtask owns the shard
 * @param sequence the record's sequence in the shard
 * @param index position among records of equal sequence, from 0
 * @param time when the stream accepted the record, in milliseconds since the epoch
 * @param body the encoded record, empty for the end marker
 * @param end true for the marker that no record follows in this shard
 */
public record ShardRecord(
    String shard, int lane, long sequence, int index, long time, byte[] body, boolean end) {

  private static final byte[] EMPTY = {};

  public ShardRecord {
    Objects.requireNonNull(shard, "shard");
    Objects.requireNonNull(body, "body");
  }

  /** The marker that {@code shard} has ended. */
  public static ShardRecord endOf(String shard, int lane) {
    return new ShardRecord(shard, lane, Long.MAX_VALUE, 0, 0, EMPTY, true);
  }

  /** The record's own position. */
  public Position position() {
    return new Position(sequence, index, time);
  }

  /** Two records are equal when they are the same record of the same shard. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ShardRecord that
        && sequence == that.sequence
        && index == that.index
        && end == that.end
        && shard.equals(that.shard);
  }

  @Override
  public int hashCode() {
    return Objects.hash(shard, sequence, index, end);
  }

  @Override
  public String toString() {
    return end ? "end of shard " + shard : shard + ":" + sequence + "." + index;
  }
}
