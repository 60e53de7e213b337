// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a job is put through at one point of a schedule: one fault, or two that are begun together.
 *
 * @param faults in the order in which they are begun: what lasts before what kills
 */
record Trial(List<Fault> faults) implements Comparable<Trial> {

  private static final Comparator<Trial> ORDER =
      Comparator.<Trial>comparingInt(trial -> trial.faults.size())
          .thenComparing(trial -> trial.faults.get(0))
          .thenComparing(trial -> trial.faults.get(trial.faults.size() - 1));

  Trial {
    faults = List.copyOf(faults);
  }

  static Trial of(Fault fault) {
    return new Trial(List.of(fault));
  }

  /** A pair, the same in whichever order it is named. */
  static Trial of(Fault one, Fault other) {
    if (!one.pairsWith(other)) {
      throw new IllegalArgumentException(one + " and " + other + " cannot be begun together");
    }
    return new Trial(Stream.of(one, other).sorted(Fault.BEGINNING).toList());
  }

  /** Each fault alone. */
  static List<Trial> each(List<Fault> faults) {
    return faults.stream().map(Trial::of).toList();
  }

  /** All pairs that can be made of some faults. */
  static List<Trial> pairs(List<Fault> faults) {
    List<Trial> pairs = new ArrayList<>();
    for (int i = 0; i < faults.size(); i++) {
      for (Fault other : faults.subList(i + 1, faults.size())) {
        if (faults.get(i).pairsWith(other)) {
          pairs.add(of(faults.get(i), other));
        }
      }
    }
    return Collections.unmodifiableList(pairs);
  }

  /** Whether a process dies of it, or is given up. */
  boolean kills() {
    return faults.stream().anyMatch(Fault::kills);
  }

  /** What it takes, roughly. */
  int seconds() {
    return faults.stream().mapToInt(Fault::seconds).max().orElse(0);
  }

  /** The name on the command line. */
  String title() {
    return faults.stream().map(Fault::title).collect(Collectors.joining("+"));
  }

  /** Those that are made alone first. */
  @Override
  public int compareTo(Trial other) {
    return ORDER.compare(this, other);
  }
}
