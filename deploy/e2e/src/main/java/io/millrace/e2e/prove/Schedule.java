// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Which fault comes when: each once a round, and some pairs, every round in an order of its own.
 * The same seed gives the same schedule.
 *
 * @param trials in the order in which they are made
 */
record Schedule(List<Trial> trials) {

  Schedule {
    trials = List.copyOf(trials);
  }

  /**
   * @param each what every round has once
   * @param pairs of which a round has some, and none twice before all were made
   * @param drawn how many
   */
  static Schedule of(long seed, List<Trial> each, List<Trial> pairs, int drawn, int rounds) {
    Random random = new Random(seed);
    Deque<Trial> left = new ArrayDeque<>();
    List<Trial> trials = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      List<Trial> order = new ArrayList<>(each);
      for (int i = 0; i < drawn; i++) {
        if (left.isEmpty()) {
          List<Trial> again = new ArrayList<>(pairs);
          Collections.shuffle(again, random);
          left.addAll(again);
        }
        order.add(left.remove());
      }
      Collections.shuffle(order, random);
      trials.addAll(order);
    }
    return new Schedule(trials);
  }

  /** What all of it takes, roughly. */
  int seconds() {
    return trials.stream().mapToInt(Trial::seconds).sum();
  }
}
