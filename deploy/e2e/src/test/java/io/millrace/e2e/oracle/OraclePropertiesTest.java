// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.e2e.oracle.Invocation.Fate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Whatever a faithful job may leave passes, and one changed line of it does not. */
class OraclePropertiesTest {

  private static final EventReader EVENTS = EventReader.dataHub();

  @Property(tries = 500, shrinking = ShrinkingMode.OFF)
  void faithfulHistoriesHold(@ForAll long seed) {
    Verdict verdict = judge(RandomHistory.of(seed));
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.holds()).isTrue();
    assertThat(verdict.delivered()).isEqualTo(verdict.records());
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void aLossIsFound(@ForAll long seed) {
    Evidence evidence = RandomHistory.of(seed);
    Invocation victim = pick(evidence.invocations(), seed);
    RecordId lost = pick(EVENTS.records(victim.body()), seed);
    List<Invocation> journal =
        evidence.invocations().stream()
            .filter(i -> i.fate() != Fate.ACKNOWLEDGED || !EVENTS.records(i.body()).contains(lost))
            .toList();
    assertThat(judge(with(evidence, journal)).lost()).isPositive();
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void aSwapIsFound(@ForAll long seed) {
    Evidence evidence = RandomHistory.of(seed);
    List<Pair> pairs =
        pairs(evidence).stream()
            .filter(p -> p.first().fate() == Fate.ACKNOWLEDGED && !crashed(evidence, p))
            .toList();
    Assume.that(!pairs.isEmpty());
    Pair pair = pick(pairs, seed);
    List<Invocation> journal = new ArrayList<>(evidence.invocations());
    journal.set(
        journal.indexOf(pair.first()),
        copy(pair.first(), pair.first().start(), pair.first().end(), pair.second().body()));
    journal.set(
        journal.indexOf(pair.second()),
        copy(pair.second(), pair.second().start(), pair.second().end(), pair.first().body()));
    assertThat(judge(with(evidence, journal)).holds()).isFalse();
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void anOverlapIsFound(@ForAll long seed) {
    Evidence evidence = RandomHistory.of(seed);
    List<Pair> pairs =
        pairs(evidence).stream()
            .filter(p -> p.first().fate() != Fate.UNKNOWN && p.first().fate() != Fate.CUT)
            .filter(p -> !crashed(evidence, p))
            .filter(p -> p.second().start() - p.first().start() < Scene.TIMEOUT / 2)
            .toList();
    Assume.that(!pairs.isEmpty());
    Pair pair = pick(pairs, seed);
    List<Invocation> journal = new ArrayList<>(evidence.invocations());
    journal.set(
        journal.indexOf(pair.first()),
        copy(
            pair.first(),
            pair.first().start(),
            OptionalLong.of(pair.second().start() + 1),
            pair.first().body()));
    assertThat(judge(with(evidence, journal)).overlapping()).isPositive();
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void aRepeatThatNoCrashExplainsIsFound(@ForAll long seed) {
    Evidence evidence = RandomHistory.of(seed);
    List<Pair> pairs =
        pairs(evidence).stream()
            .filter(p -> p.first().fate() == Fate.ACKNOWLEDGED && !crashed(evidence, p))
            .filter(p -> p.second().start() > p.first().end().orElseThrow() + 2)
            .toList();
    Assume.that(!pairs.isEmpty());
    Invocation again = pick(pairs, seed).first();
    List<Invocation> journal = new ArrayList<>(evidence.invocations());
    long end = again.end().orElseThrow();
    journal.add(
        new Invocation(
            -1, end + 1, OptionalLong.of(end + 2), again.process(), again.body(), again.fate()));
    assertThat(judge(with(evidence, journal)).excessRepeats()).isPositive();
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void aChildThatComesTooEarlyIsFound(@ForAll long seed) {
    Evidence evidence = RandomHistory.of(seed);
    Invocation parent =
        evidence.invocations().stream()
            .filter(i -> shard(i).equals(evidence.truth().shards().get(3).parents().get(0)))
            .max(Comparator.comparingLong(Invocation::start))
            .orElseThrow();
    Invocation child =
        evidence.invocations().stream()
            .filter(i -> shard(i).equals("3"))
            .min(Comparator.comparingLong(Invocation::start))
            .orElseThrow();
    List<Invocation> journal = new ArrayList<>(evidence.invocations());
    journal.set(
        journal.indexOf(child),
        copy(child, parent.start() - 1, OptionalLong.of(parent.start()), child.body()));
    assertThat(judge(with(evidence, journal)).outOfOrder()).isPositive();
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void aChangedRetryIsFound(@ForAll long seed) {
    Evidence evidence = RandomHistory.of(seed);
    List<Pair> retries =
        pairs(evidence).stream()
            .filter(p -> p.first().fate() == Fate.FAILED && !crashed(evidence, p))
            .toList();
    Assume.that(!retries.isEmpty());
    Pair retry = pick(retries, seed);
    List<Invocation> journal = new ArrayList<>(evidence.invocations());
    Invocation second = retry.second();
    journal.set(
        journal.indexOf(second),
        copy(second, second.start(), second.end(), second.body().replace("acs:", "acs: ")));
    Verdict verdict = judge(with(evidence, journal));
    assertThat(verdict.changedRetries()).isPositive();
    assertThat(verdict.lost() + verdict.outOfOrder() + verdict.overlapping()).isZero();
  }

  /** Two invocations of one shard, one directly after the other. */
  private record Pair(Invocation first, Invocation second) {}

  private static List<Pair> pairs(Evidence evidence) {
    List<Pair> pairs = new ArrayList<>();
    evidence.invocations().stream()
        .sorted(Comparator.comparingLong(Invocation::start))
        .collect(Collectors.groupingBy(OraclePropertiesTest::shard))
        .values()
        .forEach(
            list -> {
              for (int i = 1; i < list.size(); i++) {
                pairs.add(new Pair(list.get(i - 1), list.get(i)));
              }
            });
    return pairs;
  }

  private static boolean crashed(Evidence evidence, Pair pair) {
    return evidence.crashes().stream()
        .mapToLong(Crash::at)
        .anyMatch(at -> at >= pair.first().start() && at <= pair.second().start());
  }

  private static String shard(Invocation invocation) {
    return EVENTS.records(invocation.body()).get(0).shard();
  }

  private static Invocation copy(Invocation from, long start, OptionalLong end, String body) {
    return new Invocation(from.id(), start, end, from.process(), body, from.fate());
  }

  private static Evidence with(Evidence evidence, List<Invocation> journal) {
    return new Evidence(
        evidence.truth(),
        journal,
        evidence.crashes(),
        evidence.checkpoints(),
        evidence.terms(),
        evidence.ledger(),
        evidence.moves());
  }

  private static Verdict judge(Evidence evidence) {
    return Oracle.judge(evidence, EVENTS);
  }

  private static <T> T pick(List<T> list, long seed) {
    return list.get(new Random(seed).nextInt(list.size()));
  }
}
