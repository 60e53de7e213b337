// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the ids of the records in the bytes of an event of DataHub's, without parsing it: {@code
 * "eventId":"0:12345"}, written without spaces. It skips what cannot be the beginning of one (after
 * Horspool), so that it costs the function's side little.
 */
public final class EventScan {

  private static final byte[] MARK = "\"eventId\":\"".getBytes(US_ASCII);
  private static final int[] SKIP = new int[256];

  static {
    Arrays.fill(SKIP, MARK.length);
    for (int i = 0; i < MARK.length - 1; i++) {
      SKIP[MARK[i] & 0xFF] = MARK.length - 1 - i;
    }
  }

  private EventScan() {}

  /** The records of an event, joined into runs. */
  public static List<Run> runs(byte[] event) {
    List<Run> runs = new ArrayList<>(1);
    int shard = -1;
    long first = 0;
    int count = 0;
    int last = MARK.length - 1;
    for (int at = 0; at + last < event.length; ) {
      if (!markAt(event, at)) {
        at += SKIP[event[at + last] & 0xFF];
        continue;
      }
      int i = at + MARK.length;
      int of = 0;
      for (; i < event.length && event[i] != ':'; i++) {
        of = of * 10 + (event[i] - '0');
      }
      long sequence = 0;
      for (i++; i < event.length && event[i] != '"'; i++) {
        sequence = sequence * 10 + (event[i] - '0');
      }
      at = i;
      if (count > 0 && of == shard && sequence == first + count) {
        count++;
        continue;
      }
      if (count > 0) {
        runs.add(new Run(shard, first, count));
      }
      shard = of;
      first = sequence;
      count = 1;
    }
    if (count > 0) {
      runs.add(new Run(shard, first, count));
    }
    return runs;
  }

  private static boolean markAt(byte[] event, int at) {
    for (int i = MARK.length - 1; i >= 0; i--) {
      if (event[at + i] != MARK[i]) {
        return false;
      }
    }
    return true;
  }
}
