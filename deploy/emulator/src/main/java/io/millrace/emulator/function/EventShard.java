// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/** Finds the shard of an event: what stands before the colon in its first {@code eventId}. */
final class EventShard {

  private static final byte[] KEY = "\"eventId\"".getBytes(UTF_8);

  private EventShard() {}

  static Optional<String> of(byte[] event) {
    int key = indexOf(event);
    if (key < 0) {
      return Optional.empty();
    }
    int begin = next(event, key + KEY.length, '"') + 1;
    int end = begin == 0 ? -1 : next(event, begin, ':');
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

  private static int indexOf(byte[] event) {
    for (int i = 0; i <= event.length - KEY.length; i++) {
      int matched = 0;
      while (matched < KEY.length && event[i + matched] == KEY[matched]) {
        matched++;
      }
      if (matched == KEY.length) {
        return i;
      }
    }
    return -1;
  }
}
