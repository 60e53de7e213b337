// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import java.util.Optional;

/**
 * How many records a proof is about, counted three times.
 *
 * @param planned that were to be put
 * @param written that the service answered for, by the producer's count
 * @param stored that the stream held in the end
 */
record Tally(long planned, long written, long stored) {

  /** Why less was put to the proof than was planned, in words. */
  Optional<String> shortfall() {
    if (written < planned) {
      return Optional.of(
          "only %d of %d records were put, so nothing is known of the rest"
              .formatted(written, planned));
    }
    return stored < written
        ? Optional.of(
            "the stream holds %d of %d records that were put: the service lost some"
                .formatted(stored, written))
        : Optional.empty();
  }

  /** What is to be said of more records than planned; they are delivered and judged as others. */
  Optional<String> excess() {
    return stored > planned
        ? Optional.of(
            "the stream holds %d records and not %d: a put that was sent again was stored twice"
                .formatted(stored, planned))
        : Optional.empty();
  }
}
