// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.fault;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The faults in force, in the order in which they were added. A request gets the delays of all
 * latency rules that strike it, and the first other fault.
 *
 * <p>A rule that has struck as often as it may stays listed, so that what it holds can be released
 * by removing it. Safe for use by several threads.
 */
public final class Faults {

  private static final Verdict NONE = new Verdict(Duration.ZERO, Optional.empty());

  private final AtomicLong ids = new AtomicLong();
  private final List<Standing> standing = new CopyOnWriteArrayList<>();
  private final Random random;

  /** Rules with a probability draw from this source of randomness. */
  public Faults(Random random) {
    this.random = random;
  }

  /** What happens to one request. */
  public record Verdict(Duration delay, Optional<Strike> strike) {}

  /**
   * A fault that strikes one request.
   *
   * @param removed completes when the rule is removed
   */
  public record Strike(FaultRule rule, CompletableFuture<Void> removed) {}

  /** A rule with its number and how often it has struck. */
  public record Listed(long id, FaultRule rule, int strikes) {}

  /** Adds a rule; its number is for {@link #remove}. */
  public long add(FaultRule rule) {
    Standing added = new Standing(ids.incrementAndGet(), rule);
    standing.add(added);
    return added.id;
  }

  /** Removes a rule and releases what it holds; false if there is none with this number. */
  public boolean remove(long id) {
    Optional<Standing> found = standing.stream().filter(each -> each.id == id).findFirst();
    found.filter(standing::remove).ifPresent(each -> each.removed.complete(null));
    return found.isPresent();
  }

  /** Removes all rules of a service and releases what they hold. */
  public void clear(FaultTarget target) {
    list(target).forEach(listed -> remove(listed.id()));
  }

  /** All rules of a service. */
  public List<Listed> list(FaultTarget target) {
    return standing.stream()
        .filter(each -> each.rule.target() == target)
        .map(each -> new Listed(each.id, each.rule, each.strikes.get()))
        .toList();
  }

  /**
   * Decides about one request, counting the strikes.
   *
   * @param shard looked up only if a rule asks for it
   */
  public Verdict judge(FaultTarget target, String operation, Supplier<Optional<String>> shard) {
    if (standing.isEmpty()) {
      return NONE;
    }
    Duration delay = Duration.ZERO;
    for (Standing each : standing) {
      if (!each.matches(target, operation, shard) || !each.strikes(random)) {
        continue;
      }
      if (each.rule.kind() != FaultKind.LATENCY) {
        return new Verdict(delay, Optional.of(new Strike(each.rule, each.removed)));
      }
      delay = delay.plus(each.rule.delay());
    }
    return new Verdict(delay, Optional.empty());
  }

  /** Decides about one request that only rules for its operation may strike, counting likewise. */
  public Optional<Strike> judgeByName(FaultTarget target, String operation) {
    return standing.stream()
        .filter(each -> each.rule.operation().isPresent())
        .filter(each -> each.rule.kind() != FaultKind.LATENCY)
        .filter(each -> each.matches(target, operation, Optional::empty))
        .filter(each -> each.strikes(random))
        .findFirst()
        .map(each -> new Strike(each.rule, each.removed));
  }

  private static final class Standing {

    private final long id;
    private final FaultRule rule;
    private final AtomicInteger strikes = new AtomicInteger();
    private final CompletableFuture<Void> removed = new CompletableFuture<>();

    Standing(long id, FaultRule rule) {
      this.id = id;
      this.rule = rule;
    }

    boolean matches(FaultTarget target, String operation, Supplier<Optional<String>> shard) {
      return rule.target() == target
          && (rule.operation().isEmpty() || rule.operation().get().equals(operation))
          && (rule.kind().onlyOperation().isEmpty()
              || rule.kind().onlyOperation().get().equals(operation))
          && (rule.shard().isEmpty() || rule.shard().equals(shard.get()));
    }

    boolean strikes(Random random) {
      if (rule.probability() < 1 && random.nextDouble() >= rule.probability()) {
        return false;
      }
      if (rule.times().isEmpty()) {
        strikes.incrementAndGet();
        return true;
      }
      int limit = rule.times().getAsInt();
      return strikes.getAndUpdate(count -> Math.min(limit, count + 1)) < limit;
    }
  }
}
