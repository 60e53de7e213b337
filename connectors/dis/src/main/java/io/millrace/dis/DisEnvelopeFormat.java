// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.model.ShardRecord;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The event that DIS's trigger sends to a function, as the manual "DIS Event Source" shows it, in
 * the manual's order of keys and without spaces. {@code next_partition_cursor} is the one behind
 * the event's last record, as of when that was fetched.
 */
final class DisEnvelopeFormat implements EnvelopeFormat {

  private static final long serialVersionUID = 1L;

  private static final String BEGIN = "{\"ShardID\":\"";
  private static final String MESSAGE = "\",\"Message\":{\"next_partition_cursor\":\"";
  private static final String MISSPELT = "\",\"next_patition_cursor\":\"";
  private static final String RECORDS = "\",\"records\":[";
  private static final String BEHIND = "],\"millis_behind_latest\":\"";

  /** Digits of the largest number. */
  private static final int DIGITS = 19;

  private final String stream;
  private final boolean millisBehindLatest;
  private final boolean misspeltCursor;
  private final byte[] end;

  DisEnvelopeFormat(String stream, EventForm form) {
    this.stream = stream;
    this.millisBehindLatest = form.millisBehindLatest();
    this.misspeltCursor = form.misspeltCursor();
    String text = "\"},\"Tag\":\"" + form.tag() + "\",\"StreamName\":\"" + stream + "\"}";
    this.end = text.getBytes(UTF_8);
  }

  @Override
  public int frameSize(String shard) {
    int cursor = CursorToken.maxLength(stream, shard);
    return BEGIN.length()
        + shard.length()
        + MESSAGE.length()
        + cursor
        + (misspeltCursor ? MISSPELT.length() + cursor : 0)
        + RECORDS.length()
        + BEHIND.length()
        + DIGITS
        + end.length;
  }

  @Override
  public int sizeOf(ShardRecord record) {
    return RecordEncoder.objectLength(record.body()) + 1;
  }

  @Override
  public byte[] render(String shard, List<ShardRecord> records) {
    ShardRecord last = records.get(records.size() - 1);
    long fetchedAt = RecordEncoder.fetchedAt(last.body());
    byte[] cursor = CursorToken.of(stream, shard, last.sequence() + 1, fetchedAt);
    int size = frameSize(shard);
    for (ShardRecord record : records) {
      size += sizeOf(record);
    }
    ByteBuffer event = ByteBuffer.allocate(size);
    put(event, BEGIN + shard + MESSAGE).put(cursor);
    if (misspeltCursor) {
      put(event, MISSPELT).put(cursor);
    }
    put(event, RECORDS);
    for (ShardRecord record : records) {
      if (record != records.get(0)) {
        event.put((byte) ',');
      }
      event.put(record.body(), 0, RecordEncoder.objectLength(record.body()));
    }
    put(event, BEHIND);
    if (millisBehindLatest) {
      put(event, Long.toString(Math.max(0, fetchedAt - last.time())));
    }
    event.put(end);
    return Arrays.copyOf(event.array(), event.position());
  }

  private static ByteBuffer put(ByteBuffer event, String text) {
    return event.put(text.getBytes(US_ASCII));
  }
}
