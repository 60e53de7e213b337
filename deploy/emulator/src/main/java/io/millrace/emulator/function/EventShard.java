// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/**
 * Finds the shard of an event: what stands before the colon in the first {@code eventId} of
 * DataHub's form, or the {@code ShardID} of DIS's.
 */
final class EventShard {

  private static final byte[] EVENT_ID = "\"eventId\"".getBytes(UTF_8);
  private static final byte[] SHARD_ID = "\"ShardID\"".getBytes(UTF_8);

  private EventShard() {}

  static Optional<String> of(byte[] event) {
    return value(event, EVENT_ID, ':').or(() -> value(event, SHARD_ID, '"'));
  }

  /** The beginning of the text that the key has for its value. */
  private static Optional<String> value(byte[] event, byte[] key, char last) {
    int found = indexOf(event, key);
    int begin = found < 0 ? 0 : next(event, found + key.length, '"') + 1;
    int end = begin == 0 ? -1 : next(event, begin, last);
    return end < 0 ? Optional.empty() : Optional.of(new String(event, begin, end - begin, UTF_8));
  }

  private static int next(byte[] event, int from, char wanted) {
    for (int i = from; i < event.length; i++) {
      if (event[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static int indexOf(byte[] event, byte[] key) {
    for (int i = 0; i <= event.length - key.length; i++) {
      int matched = 0;
      while (matched < key.length && event[i + matched] == key[matched]) {
        matched++;
      }
      if (matched == key.length) {
        return i;
      }
    }
    return -1;
  }
}
