// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

/**
 * A completed checkpoint or savepoint. When its state was taken and when it was complete is only
 * seen from outside, so both are intervals, and each judgement takes the end of them that can
 * convict no innocent.
 *
 * @param triggered not after the first state was snapshotted
 * @param begun not before that of the source's coordinator was, which knows which shards have ended
 * @param acknowledged not after the last task had answered: it was not complete before
 * @param complete when it was seen complete
 */
public record Checkpoint(long triggered, long begun, long acknowledged, long complete) {

  public Checkpoint {
    if (triggered > begun
        || begun > complete
        || triggered > acknowledged
        || acknowledged > complete) {
      throw new IllegalArgumentException(
          "a checkpoint triggered at %d, begun at %d, acknowledged at %d, complete at %d"
              .formatted(triggered, begun, acknowledged, complete));
    }
  }
}
