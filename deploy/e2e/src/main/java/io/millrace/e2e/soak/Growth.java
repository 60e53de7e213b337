// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.soak;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Whether what processes hold grows while the load stays the same. Compared are the medians of two
 * times of equal length: one that begins when the run has settled, and the last. A median, because
 * a fault in progress shows in single samples.
 *
 * <p>A process that lives through both is compared with itself. Of the others, which were killed
 * and replaced, those that were of the same age at the one time and at the other are compared: old
 * enough to have loaded their classes, and not so old that the few survivors weigh more in the end.
 */
public final class Growth {

  /** What is no growth. */
  public static final double TOLERATED = 0.05;

  /** Minutes until a run has settled, and the part of a shorter run. */
  private static final double SETTLED = 10;

  private static final double SETTLED_PART = 1 / 5.0;

  /** Minutes until a process has, and the part of a shorter run. */
  private static final double YOUNG = 2;

  private static final double YOUNG_PART = 1 / 10.0;

  /** Times the age at which it has: those that are older are not compared with others. */
  private static final double OLD = 5;

  /** The part of what follows that each of the two times takes. */
  private static final double COMPARED_PART = 1 / 3.0;

  private static final int LEAST_SAMPLES = 3;
  private static final int COURSE = 30;

  /**
   * One comparison.
   *
   * @param subject of which kind they are that are compared
   * @param of which they are
   * @param samples how many there were in all
   * @param first median when the run had settled
   * @param last median in the end; both absent where there were too few samples
   * @param course medians over the whole run, for a picture
   */
  public record Row(
      Subject subject,
      String of,
      Quantity quantity,
      int samples,
      OptionalDouble first,
      OptionalDouble last,
      List<Double> course) {

    /** True where there was enough to compare. */
    public boolean judged() {
      return first.isPresent() && last.isPresent();
    }

    /** How much more there was in the end; negative for less. */
    public double share() {
      double before = first.orElse(0);
      return before == 0 ? 0 : last.orElse(0) / before - 1;
    }

    /** True where that is more than is tolerated. */
    public boolean grown() {
      double more = last.orElse(0) - first.orElse(0);
      return quantity.isLimited()
          && judged()
          && more > quantity.grain()
          && more > TOLERATED * first.orElse(0);
    }
  }

  private final double minutes;
  private final double settled;
  private final double width;
  private final double young;
  private final List<Row> rows = new ArrayList<>();

  private Growth(double minutes) {
    this.minutes = minutes;
    settled = Math.min(SETTLED, minutes * SETTLED_PART);
    width = (minutes - settled) * COMPARED_PART;
    young = Math.min(YOUNG, minutes * YOUNG_PART);
  }

  /** Compares what was sampled in a run of so many minutes. */
  public static Growth judge(List<Sample> samples, double minutes) {
    Growth growth = new Growth(minutes);
    Map<Subject, Map<Quantity, List<Sample>>> sorted = new EnumMap<>(Subject.class);
    for (Sample sample : samples) {
      sorted
          .computeIfAbsent(sample.subject(), subject -> new EnumMap<>(Quantity.class))
          .computeIfAbsent(sample.quantity(), quantity -> new ArrayList<>())
          .add(sample);
    }
    sorted.forEach(
        (subject, quantities) ->
            quantities.forEach((quantity, all) -> growth.compare(subject, all)));
    return growth;
  }

  private void compare(Subject subject, List<Sample> all) {
    Map<String, List<Sample>> processes = new TreeMap<>();
    all.forEach(
        sample -> processes.computeIfAbsent(sample.name(), name -> new ArrayList<>()).add(sample));
    List<Sample> replaced = new ArrayList<>();
    processes.forEach(
        (process, its) -> {
          if (livesThrough(its)) {
            rows.add(row(subject, process, its, sample -> true));
          } else {
            replaced.addAll(its);
          }
        });
    if (!replaced.isEmpty()) {
      rows.add(
          row(
              subject,
              "each %s at an age of %.1f to %.1f min"
                  .formatted(subject.title(), young, OLD * young),
              replaced,
              sample -> sample.age() >= young && sample.age() <= OLD * young));
    }
  }

  private boolean livesThrough(List<Sample> its) {
    double begun = its.stream().mapToDouble(each -> each.at() - each.age()).min().orElse(minutes);
    double seen = its.stream().mapToDouble(Sample::at).max().orElse(0);
    return begun + young <= settled && seen >= minutes - width / 2;
  }

  private Row row(Subject subject, String of, List<Sample> samples, Predicate<Sample> which) {
    List<Sample> compared = samples.stream().filter(which).toList();
    OptionalDouble first = median(compared, settled, settled + width);
    OptionalDouble last = median(compared, minutes - width, Double.MAX_VALUE);
    List<Double> course = new ArrayList<>();
    for (int i = 0; i < COURSE; i++) {
      double from = minutes * i / COURSE;
      compared.stream()
          .filter(each -> each.at() >= from && each.at() < from + minutes / COURSE)
          .mapToDouble(Sample::value)
          .average()
          .ifPresent(course::add);
    }
    return new Row(
        subject, of, samples.get(0).quantity(), compared.size(), first, last, List.copyOf(course));
  }

  private static OptionalDouble median(List<Sample> samples, double from, double to) {
    List<Double> values =
        samples.stream()
            .filter(each -> each.at() >= from && each.at() < to)
            .map(Sample::value)
            .sorted(Comparator.naturalOrder())
            .toList();
    return values.size() < LEAST_SAMPLES
        ? OptionalDouble.empty()
        : OptionalDouble.of(values.get(values.size() / 2));
  }

  /** All comparisons, those without enough samples too. */
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  /** How many comparisons show growth. */
  public long grown() {
    return rows.stream().filter(Row::grown).count();
  }

  /** What of which subject was not compared at all, because it could not be read often enough. */
  public List<String> unjudged() {
    List<String> unjudged = new ArrayList<>();
    for (Subject subject : Subject.values()) {
      for (Quantity quantity : Quantity.values()) {
        if (quantity.isOf(subject)
            && rows.stream()
                .noneMatch(
                    row -> row.subject == subject && row.quantity == quantity && row.judged())) {
          unjudged.add("%s of the %s".formatted(quantity.title(), subject.title()));
        }
      }
    }
    return unjudged;
  }

  /** True where everything was compared and nothing grew. */
  public boolean holds() {
    return grown() == 0 && unjudged().isEmpty();
  }

  double minutes() {
    return minutes;
  }

  double settled() {
    return settled;
  }

  double width() {
    return width;
  }
}
