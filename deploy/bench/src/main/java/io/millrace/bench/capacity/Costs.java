// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.capacity;

/**
 * What Millrace's process spends, in microseconds of a processor. The task thread of a slot does
 * its part for all shards of the slot, one after another; all other threads share what is left.
 *
 * @param taskCall of a call on the task thread: launch, answer, ledger
 * @param taskRecord of a record there
 * @param taskFetch of a fetch there, whatever it brought
 * @param otherCall of a call on other threads: the wire
 * @param otherRecord of a record there: decoding, rendering
 * @param otherFetch of a fetch there
 */
record Costs(
    double taskCall,
    double taskRecord,
    double taskFetch,
    double otherCall,
    double otherRecord,
    double otherFetch) {

  /** Of a warm process, as the manual says where and when. */
  static final Costs MEASURED = new Costs(54, 2, 1, 57, 3.2, 96);
}
