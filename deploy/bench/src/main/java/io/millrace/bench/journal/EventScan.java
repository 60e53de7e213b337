// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the ids of the records in the bytes of an event, without parsing it: in one of DataHub's
 * {@code "eventId":"0:12345"} for each record, in one of DIS's a {@code "ShardID"} at the beginning
 * and a {@code "sequence_number"} for each record, both written without spaces. It skips what
 * cannot be the beginning of one (after Horspool), so that it costs the function's side little.
 */
public final class EventScan {

  private static final byte[] SHARD = "{\"ShardID\":\"".getBytes(US_ASCII);
  private static final Mark RECORD_ID = new Mark("\"eventId\":\"");
  private static final Mark SEQUENCE = new Mark("\"sequence_number\":\"");

  private final byte[] event;
  private final List<Run> runs = new ArrayList<>(1);
  private int shard;
  private long first;
  private int count;

  /** Where the last number that was read ended. */
  private int end;

  private EventScan(byte[] event) {
    this.event = event;
  }

  /** A text to be found, and how far to go on where it is not. */
  private static final class Mark {
    private final byte[] text;
    private final int[] skip = new int[256];

    Mark(String text) {
      this.text = text.getBytes(US_ASCII);
      Arrays.fill(skip, this.text.length);
      for (int i = 0; i < this.text.length - 1; i++) {
        skip[this.text[i] & 0xFF] = this.text.length - 1 - i;
      }
    }

    /** The index behind the next one; -1 where there is none. */
    int behindNext(byte[] event, int from) {
      int last = text.length - 1;
      for (int at = from; at + last < event.length; at += skip[event[at + last] & 0xFF]) {
        if (isAt(event, at)) {
          return at + text.length;
        }
      }
      return -1;
    }

    private boolean isAt(byte[] event, int at) {
      for (int i = text.length - 1; i >= 0; i--) {
        if (event[at + i] != text[i]) {
          return false;
        }
      }
      return true;
    }
  }

  /** The records of an event, joined into runs. */
  public static List<Run> runs(byte[] event) {
    EventScan scan = new EventScan(event);
    if (Arrays.equals(event, 0, Math.min(SHARD.length, event.length), SHARD, 0, SHARD.length)) {
      scan.scanOneShard();
    } else {
      scan.scanRecordIds();
    }
    return scan.runs;
  }

  private void scanOneShard() {
    int at = SHARD.length;
    while (at < event.length && event[at] != '-' && event[at] != '"') {
      at++;
    }
    int of = (int) number(at + 1, '"');
    for (at = SEQUENCE.behindNext(event, end); at >= 0; at = SEQUENCE.behindNext(event, end)) {
      add(of, number(at, '"'));
    }
    close();
  }

  private void scanRecordIds() {
    for (int at = RECORD_ID.behindNext(event, 0); at >= 0; at = RECORD_ID.behindNext(event, end)) {
      int of = (int) number(at, ':');
      add(of, number(end + 1, '"'));
    }
    close();
  }

  private long number(int from, char until) {
    long number = 0;
    int at = from;
    for (; at < event.length && event[at] != until; at++) {
      number = number * 10 + (event[at] - '0');
    }
    end = at;
    return number;
  }

  private void add(int of, long sequence) {
    if (count > 0 && of == shard && sequence == first + count) {
      count++;
      return;
    }
    close();
    shard = of;
    first = sequence;
    count = 1;
  }

  private void close() {
    if (count > 0) {
      runs.add(new Run(shard, first, count));
    }
  }
}
