// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.control.Verb;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.e2e.prove.Calls.Call;
import io.millrace.e2e.prove.Operator.Order;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.model.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Shards of which each is given one command, once, and what the journal must show of that, whatever
 * died meanwhile:
 *
 * <ul>
 *   <li>what is suspended is not called for until it is resumed, though it had been resumed before;
 *   <li>what is resumed goes on;
 *   <li>a retry makes one call before its time, and not one more;
 *   <li>what is skipped is never delivered, and it alone: the oracle knows it as a move, and the
 *       job's own count of what was given up must be that.
 * </ul>
 */
final class CommandedShards implements AutoCloseable {

  static final List<Verb> VERBS = List.of(Verb.SUSPEND, Verb.RESUME, Verb.RETRY, Verb.SKIP);

  /** Attempts by themselves are a second apart, from the end of one to the start of the next. */
  private static final long EARLY_MICROS = Duration.ofMillis(950).toNanos() / 1000;

  private final FaultSite site;
  private final ProvingGround ground;
  private final Operator operator;
  private final Map<Verb, String> chosen;
  private final List<Order> orders = new ArrayList<>();
  private final List<Long> rules = new ArrayList<>();
  private Skip skip;
  private long mark;
  private long asked;
  private long durableMark;

  /**
   * What is given up.
   *
   * @param before how much had been given up of the shard before
   */
  private record Skip(String shard, SkipTarget target, int records, long before) {

    /** The sequence at which the shard goes on. */
    long next() {
      return target.last().sequence() + 1;
    }

    boolean isDelivered(Call call) {
      return call.shard().equals(shard)
          && call.acknowledged().isPresent()
          && call.first() >= target.first().sequence()
          && call.first() < next();
    }
  }

  /**
   * @param chosen a shard for each command, of {@link #VERBS}
   */
  CommandedShards(FaultSite site, Operator operator, Map<Verb, String> chosen) {
    this.site = site;
    this.ground = site.ground;
    this.operator = operator;
    this.chosen = Map.copyOf(chosen);
  }

  /** Brings each shard into the state that its command is for, and has that checkpointed. */
  void prepare() throws IOException, InterruptedException {
    List<Order> suspends = new ArrayList<>();
    for (Verb verb : List.of(Verb.SUSPEND, Verb.RESUME)) {
      if (chosen.containsKey(verb)) {
        suspends.add(Order.of(Verb.SUSPEND, chosen.get(verb)));
      }
    }
    operator.awaitDurable(suspends);
    if (chosen.containsKey(Verb.SUSPEND)) {
      operator.awaitDurable(List.of(Order.of(Verb.RESUME, chosen.get(Verb.SUSPEND))));
    }
    for (Verb verb : List.of(Verb.RETRY, Verb.SKIP)) {
      if (chosen.containsKey(verb)) {
        FaultRule rule =
            FaultRule.of(FaultTarget.FUNCTION, FaultKind.ERROR).onShard(chosen.get(verb));
        rules.add(ground.faults().add(rule));
      }
    }
    if (chosen.containsKey(Verb.RETRY)) {
      awaitRetrying(chosen.get(Verb.RETRY));
    }
    if (chosen.containsKey(Verb.SKIP)) {
      skip = skip(chosen.get(Verb.SKIP));
      ground.await(
          "a record waits behind what is to be skipped",
          () -> ground.stored().shard(skip.shard()).next() > skip.next());
    }
    site.awaitCheckpoint(site.now());
    mark = ground.calls.mark();
  }

  private JsonNode awaitRetrying(String shard) throws IOException, InterruptedException {
    return operator.awaitShard(
        shard,
        "is retried",
        status ->
            status.path("state").asText().equals("RETRYING") && status.path("envelope").isObject());
  }

  private Skip skip(String shard) throws IOException, InterruptedException {
    JsonNode status = awaitRetrying(shard);
    JsonNode envelope = status.path("envelope");
    return new Skip(
        shard,
        new SkipTarget(
            position(envelope.path("first")),
            position(envelope.path("last")),
            null,
            null,
            "a proof"),
        envelope.path("records").asInt(),
        status.path("discarded").asLong());
  }

  private static Position position(JsonNode node) {
    return new Position(
        node.path("sequence").asLong(), node.path("index").asInt(), node.path("time").asLong());
  }

  /** Begins to command. */
  void command() {
    asked = site.now();
    chosen.forEach(
        (verb, shard) ->
            orders.add(
                verb == Verb.SKIP ? Order.skip(shard, skip.target()) : Order.of(verb, shard)));
  }

  void awaitApplied() throws IOException, InterruptedException {
    operator.awaitApplied(orders);
  }

  void awaitDurable() throws IOException, InterruptedException {
    operator.awaitDurable(orders);
    durableMark = ground.calls.mark();
    if (skip != null) {
      site.moved(skip.shard(), skip.next(), asked, site.now());
    }
  }

  /**
   * Looks at what became of the commands, after everything runs again; then all shards go on.
   *
   * @param killed when
   * @param given whether the commands had been given by then
   * @param redone whether what was done could be undone by that, and was then done again
   * @param allRestarted whether every task began anew at once, and with it every wait for an
   *     attempt
   */
  void judge(long killed, boolean given, boolean redone, boolean allRestarted)
      throws IOException, InterruptedException {
    operator.confirm(orders);
    if (skip != null) {
      ground.awaitStart(skip.shard(), skip.next(), mark);
      awaitGivenUp();
    }
    if (chosen.containsKey(Verb.SUSPEND)) {
      String shard = chosen.get(Verb.SUSPEND);
      site.awaitProgress();
      operator.awaitShard(
          shard, "is suspended", status -> status.path("state").asText().equals("SUSPENDED"));
      require(
          ground.calls.since(durableMark).stream().noneMatch(call -> call.shard().equals(shard)),
          "shard %s was called for though it was suspended".formatted(shard));
    }
    if (chosen.containsKey(Verb.RETRY)) {
      judgeRetry(chosen.get(Verb.RETRY), killed, given, redone, allRestarted);
    }
    goOn();
    if (skip != null) {
      require(
          ground.calls.since(mark).stream().noneMatch(skip::isDelivered),
          "what was skipped of shard %s was delivered".formatted(skip.shard()));
      awaitGivenUp();
    }
  }

  private void awaitGivenUp() throws IOException, InterruptedException {
    operator.awaitShard(
        skip.shard(),
        "has given up %d records more than %d".formatted(skip.records(), skip.before()),
        status -> status.path("discarded").asLong() == skip.before() + skip.records());
  }

  private void judgeRetry(
      String shard, long killed, boolean given, boolean redone, boolean allRestarted)
      throws IOException {
    int before = 0;
    int after = 0;
    long last = Long.MIN_VALUE;
    for (Call call : ground.calls.since(mark)) {
      if (call.shard().equals(shard)) {
        if (last != Long.MIN_VALUE && call.start() - last < EARLY_MICROS) {
          before += call.start() < killed ? 1 : 0;
          after += call.start() < killed ? 0 : 1;
        }
        last = call.start();
      }
    }
    // An attempt that waits is made at once where Flink began its task anew of itself.
    long unplanned =
        site.log.unexplained(ground.failovers.failovers()).stream()
            .filter(failover -> failover.over() >= asked)
            .count();
    long mostBefore = (given ? 1 : 0) + unplanned;
    long mostAfter = (redone ? 1 : 0) + (allRestarted ? 1 : 0) + unplanned;
    require(
        before <= mostBefore && after <= mostAfter,
        "shard %s was called for before its time %d and %d times, before and after the kill; %d and"
                .formatted(shard, before, after, mostBefore)
            + " %d at most are a retry's".formatted(mostAfter));
  }

  /** The function works again, nothing is suspended, and every shard is delivered. */
  private void goOn() throws IOException, InterruptedException {
    close();
    if (chosen.containsKey(Verb.SUSPEND)) {
      operator.awaitDurable(List.of(Order.of(Verb.RESUME, chosen.get(Verb.SUSPEND))));
    }
    Set<String> all = new HashSet<>(chosen.values());
    site.awaitDelivered(all, ground.calls.mark());
  }

  private static void require(boolean holds, String what) throws IOException {
    if (!holds) {
      throw new IOException(Fault.KILL_DURING_COMMAND.title() + ": " + what);
    }
  }

  /** Ends what was made to fail. */
  @Override
  public void close() {
    rules.forEach(ground.faults()::remove);
    rules.clear();
  }
}
