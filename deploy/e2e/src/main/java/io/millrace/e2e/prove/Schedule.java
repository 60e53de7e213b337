// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Which fault comes when: each once a round, every round in an order of its own. The same seed
 * gives the same schedule.
 *
 * @param faults in the order in which they are made
 */
record Schedule(List<Fault> faults) {

  Schedule {
    faults = List.copyOf(faults);
  }

  static Schedule of(long seed, List<Fault> each, int rounds) {
    Random random = new Random(seed);
    List<Fault> faults = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      List<Fault> order = new ArrayList<>(each);
      Collections.shuffle(order, random);
      faults.addAll(order);
    }
    return new Schedule(faults);
  }
}
