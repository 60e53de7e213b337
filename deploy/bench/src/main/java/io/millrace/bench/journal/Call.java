// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

import java.util.List;

/**
 * A call that reached the function.
 *
 * @param start when its event had arrived, in microseconds since 1970
 * @param end when its answer was about to be sent; 0 while it is open
 * @param ok whether it was told that all went well
 * @param runs that the event holds, in its order
 */
public record Call(long start, long end, boolean ok, List<Run> runs) {

  public Call {
    runs = List.copyOf(runs);
  }

  boolean acknowledged() {
    return ok && end != 0;
  }
}
