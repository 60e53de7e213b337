// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

/**
 * The bytes of records fetched and not yet emitted, and of what fetches under way are expected to
 * bring. Plain and confined to the fetcher thread.
 */
final class FetchBudget {

  private final long limit;
  private long taken;

  FetchBudget(long limit) {
    this.limit = limit;
  }

  /** An even share of the whole. */
  long share(int shards) {
    return limit / Math.max(1, shards);
  }

  /** Takes so many bytes if they fit, or if nothing is taken at all. */
  boolean reserve(long bytes) {
    if (taken != 0 && taken + bytes > limit) {
      return false;
    }
    taken += bytes;
    return true;
  }

  /** What was expected to be {@code expected} bytes has come, or is gone, with so many. */
  void settle(long expected, long actual) {
    taken += actual - expected;
  }

  /** Bytes taken at this moment. */
  long taken() {
    return taken;
  }
}
