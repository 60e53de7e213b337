// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.FunctionInvoker.Invocation;
import io.millrace.dispatch.Outcome;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers all lanes of one subtask: launches those whose turn it is, as far as lease, budget and
 * blockade allow, and does to each lane what the outcome of its call asks for.
 *
 * <p>Belongs to the task thread: outcomes come back to it through {@link DispatchPort#execute}.
 * Keeps no state of its own that must outlive the task; lanes are handed in by {@link #adopt} after
 * a restore.
 */
public final class Dispatcher {

  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  private static final Backoff THROTTLED =
      new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
  private static final int CALLS_AT_START = 8;

  /** What a request may take to arrive, at most as far as the hold after a lost answer goes. */
  private static final Duration ON_THE_WAY = Duration.ofSeconds(1);

  private final DeliveryPolicy policy;
  private final EnvelopeFormat format;
  private final FunctionInvoker invoker;
  private final DispatchPort port;
  private final Lease lease;
  private final RandomGenerator random;

  private final Map<Integer, Lane> lanes = new HashMap<>();
  private final Map<String, Lane> byShard = new HashMap<>();
  private final LanePositions positions;
  private final LaneOrders orders;
  private final Map<Lane, Integer> refusals = new HashMap<>();
  private final LaneSchedule schedule = new LaneSchedule();
  private final CallBudget budget;
  private final LocalBlockade blockade;
  private final Tally tally = new Tally();
  private boolean fenced;

  public Dispatcher(
      DeliveryPolicy policy,
      EnvelopeFormat format,
      FunctionInvoker invoker,
      DispatchPort port,
      Lease lease,
      RandomGenerator random,
      Optional<LedgerTerms> ledger) {
    this.policy = policy;
    this.format = format;
    this.invoker = invoker;
    this.port = port;
    this.lease = lease;
    this.random = random;
    this.budget = new CallBudget(policy.maxCalls(), CALLS_AT_START);
    this.blockade = new LocalBlockade(policy.refusalTime());
    this.positions =
        new LanePositions(policy.stream(), ledger, port, lease, random, new MovableLanes());
    this.orders = new LaneOrders(policy.stream(), new CommandedLanes());
  }

  /** Lanes that wait for where they go on. */
  private final class MovableLanes implements LanePositions.Host {

    @Override
    public Optional<Lane> lane(String shard) {
      return laneOf(shard);
    }

    @Override
    public void moved(Lane lane) {
      // The ledger may have had all of it, and its end may have been read already.
      goOn(lane, lane.isDrained() && positions.isRead(lane.shard()));
    }
  }

  /** Lanes that operators command. */
  private final class CommandedLanes implements LaneOrders.Host {

    @Override
    public Optional<Lane> lane(String shard) {
      return laneOf(shard);
    }

    @Override
    public Lane lane(String shard, int key) {
      return Dispatcher.this.lane(shard, key);
    }

    @Override
    public void changed(Lane lane) {
      port.changed(lane);
      goOn(lane, lane.isDrained() && !lane.isOpening());
    }

    @Override
    public void passed(Lane lane) {
      positions.ended(lane, true);
    }

    @Override
    public boolean keepsLedger() {
      return positions.keepsLedger();
    }

    @Override
    public void discarded(int records) {
      tally.discard(records);
    }

    @Override
    public long now() {
      return port.now();
    }
  }

  private void goOn(Lane lane, boolean done) {
    if (done) {
      retire(lane);
    } else {
      schedule.offer(lane, port.now());
    }
    launchReady();
  }

  /** Takes over a lane from a restored state. */
  public void adopt(LaneSnapshot snapshot, Collection<ShardRecord> queued, int key) {
    Lane lane =
        Lane.restore(snapshot, queued, key, policy.limits(), format, policy.linger().toMillis());
    lane.rearm(policy.retry());
    lanes.put(key, lane);
    byShard.put(lane.shard(), lane);
    positions.begin(lane);
    schedule.offer(lane, port.now());
  }

  /**
   * The reader of a shard begins.
   *
   * @param key of the shard's lane
   * @param next where it was to begin
   * @return where it is to begin
   */
  public StartPosition assigned(String shard, int key, StartPosition next) {
    if (positions.keepsLedger()) {
      port.changed(lane(shard, key));
    }
    StartPosition from = positions.assigned(shard, next);
    positions.pump();
    return from;
  }

  /** Appends a record, or the end, to its lane; launches it when it can be. */
  public Lane append(ShardRecord record) {
    Lane lane = lane(record.shard(), record.lane());
    long now = port.now();
    lane.append(record, now);
    port.changed(lane);
    if (lane.isDrained()) {
      retire(lane);
    } else if (!lane.inFlight() && !lane.isSuspended()) {
      schedule.offer(lane, now);
      launchReady();
    }
    return lane;
  }

  private Lane lane(String shard, int key) {
    Lane lane = lanes.get(key);
    if (lane == null) {
      lane = new Lane(shard, key, policy.limits(), format, policy.linger().toMillis());
      lanes.put(key, lane);
      byShard.put(shard, lane);
      positions.beginNew(lane);
    }
    if (!lane.shard().equals(shard)) {
      throw new IllegalStateException(
          "lane " + key + " belongs to shard " + lane.shard() + ", not to shard " + shard);
    }
    return lane;
  }

  /** Launches what can be launched, and asks to be woken for what can be launched later. */
  public void launchReady() {
    long now = port.now();
    positions.pump();
    OptionalLong through = blockade.throughAt();
    if (through.isPresent() && through.getAsLong() <= now) {
      getThrough(blockade.probeNumber());
    }
    while (mayLaunch() && schedule.hasReady(now)) {
      Lane lane = schedule.take(now);
      if (lane.isLaunchable(now)) {
        launch(lane, now);
      } else {
        // The clock was put back.
        schedule.offer(lane, now);
      }
    }
    schedule.nextAt().ifPresent(port::wakeAt);
    if (schedule.hasReady(now)) {
      budget.growsAt().ifPresent(port::wakeAt);
    }
    blockade.throughAt().ifPresent(port::wakeAt);
  }

  private boolean mayLaunch() {
    return !fenced
        && budget.hasRoom(port.now())
        && (!blockade.isRaised() || blockade.isProbeDue())
        && lease.isFresh(port.nanoTime());
  }

  private void launch(Lane lane, long now) {
    long repeated = lane.repeated();
    Optional<byte[]> event = lane.launch(now);
    port.changed(lane);
    if (event.isEmpty()) {
      suspended(lane);
      return;
    }
    long probe = blockade.isRaised() ? blockade.beginProbe(now) : 0;
    long launch = blockade.launch();
    budget.take();
    tally.launch(lane.sealed(), lane.attempts() > 0, lane.repeated() - repeated);
    invoker
        .invoke(new Invocation(lane.shard(), event.get(), lane.attempts() + 1))
        .whenComplete(
            (outcome, failure) ->
                port.execute(
                    () ->
                        complete(
                            lane,
                            launch,
                            probe,
                            failure == null
                                ? outcome
                                : new Outcome.UnknownFate(
                                    "the call failed: " + failure, Optional.empty()))));
  }

  private void complete(Lane lane, long launch, long probe, Outcome outcome) {
    long now = port.now();
    long launchedAt = lane.inFlightSince();
    tally.end(outcome, lane.sealed(), now - launchedAt);
    if (outcome instanceof Outcome.Acknowledged) {
      budget.giveBackAnswered();
      getThrough(probe);
      int failed = lane.attempts();
      boolean probed = lane.isSuspended();
      lane.answeredIn(now - launchedAt);
      lane.acknowledge();
      refusals.remove(lane);
      if (failed > 0) {
        LOG.info(
            "{} shard {}: delivered after {} failed attempts{}",
            policy.stream(),
            lane.shard(),
            failed,
            probed && !lane.isSuspended() ? "; it is not suspended any more" : "");
      }
    } else if (outcome instanceof Outcome.Throttled) {
      budget.giveBackThrottled(now);
      getThrough(probe);
      int refused = refusals.merge(lane, 1, Integer::sum);
      lane.postpone(outcome, now, now + THROTTLED.waitMillis(refused, random));
    } else if (outcome instanceof Outcome.NotSent) {
      budget.giveBack();
      blockade.endProbe(probe);
      lane.withdraw();
    } else if (outcome instanceof Outcome.TargetFault && policy.probeTargetFaults()) {
      budget.giveBack();
      lane.meetTargetFault(outcome, now);
      blockade.meetFault(launch, outcome.message(), probe);
      port.blockadeChanged();
    } else if (outcome instanceof Outcome.UnknownFate) {
      budget.giveBack();
      blockade.endProbe(probe);
      long hold = policy.waitForUnknownFate() ? longestRun(launchedAt) : 0;
      fail(lane, outcome, now, hold);
    } else {
      budget.giveBackAnswered();
      getThrough(probe);
      lane.answeredIn(now - launchedAt);
      fail(lane, outcome, now, 0);
    }
    positions.ended(lane, outcome instanceof Outcome.Acknowledged);
    port.changed(lane);
    goOn(lane, lane.isDrained());
  }

  /** Until when a call may run: the function's time begins when the request has arrived. */
  private long longestRun(long launchedAt) {
    return launchedAt + policy.functionTimeout().toMillis() + ON_THE_WAY.toMillis();
  }

  private void getThrough(long probe) {
    if (blockade.getThrough(probe)) {
      port.blockadeChanged();
    }
  }

  private void fail(Lane lane, Outcome outcome, long now, long holdUntil) {
    int before = lane.attempts();
    boolean suspendedBefore = lane.isSuspended();
    Lane.Verdict verdict = lane.fail(outcome, now, policy.retry(), holdUntil);
    if (verdict == Lane.Verdict.EXHAUSTED) {
      if (policy.failWhenExhausted()) {
        port.failJob(
            policy.stream()
                + " shard "
                + lane.shard()
                + ": "
                + lane.attempts()
                + " attempts failed, the last with: "
                + outcome.message());
        return;
      }
      if (!suspendedBefore) {
        suspended(lane);
      }
    } else if (before == 0) {
      LOG.warn(
          "{} shard {}: the function fails for the envelope from sequence {} on: {} (request {});"
              + " next attempt in {} ms, {} at most",
          policy.stream(),
          lane.shard(),
          lane.sealedRecords().get(0).sequence(),
          outcome.message(),
          outcome.requestId().orElse("unknown"),
          lane.launchableAt().orElse(now) - now,
          policy.retry().maxAttempts());
    }
  }

  private void suspended(Lane lane) {
    LastError error = lane.snapshot().lastError().orElseThrow();
    LOG.warn(
        "{} shard {}: suspended at sequence {} after {} failed attempts: {} (request {}); its"
            + " records wait, resume it when the function is mended",
        policy.stream(),
        lane.shard(),
        lane.sealedRecords().get(0).sequence(),
        lane.attempts(),
        error.message(),
        error.request().orElse("unknown"));
  }

  private void retire(Lane lane) {
    schedule.remove(lane);
    lanes.remove(lane.key());
    byShard.remove(lane.shard());
    positions.retire(lane);
    refusals.remove(lane);
    LOG.info("{} shard {}: ended, all of it was delivered", policy.stream(), lane.shard());
    port.drained(lane);
  }

  /** What operators command of shards that have a lane. */
  public LaneOrders orders() {
    return orders;
  }

  private Optional<Lane> laneOf(String shard) {
    return Optional.ofNullable(byShard.get(shard));
  }

  /**
   * An operator's command to a shard that is being read, or soon will be.
   *
   * @param key of the shard's lane
   * @param command its id
   * @param target where it goes on
   * @return false when it cannot be done yet; to be told again
   */
  public boolean seek(String shard, int key, String command, StartPosition target) {
    return positions.seek(lane(shard, key), command, target);
  }

  /** True when an operator is about to move the shard. */
  public boolean isSeeking(String shard) {
    return positions.isSeeking(shard);
  }

  /**
   * A shard that is to be moved launches nothing before it is.
   *
   * @return whether the command has moved it before
   */
  public boolean awaitSeek(String shard, String command) {
    return laneOf(shard).map(lane -> positions.awaitSeek(lane, command)).orElse(false);
  }

  /** Launches nothing more: the task is stopped, or begun anew if the stop does not come about. */
  public void fence() {
    fenced = true;
  }

  /** The task ends, with calls under way: their fate will not be known to those who restore. */
  public void leaveCallsBehind() {
    if (policy.waitForUnknownFate()) {
      for (Lane lane : lanes.values()) {
        if (lane.inFlight()) {
          lane.leaveFlightBehind(longestRun(lane.inFlightSince()));
          port.changed(lane);
        }
      }
    }
  }

  /** How many calls are under way. */
  public int callsUnderWay() {
    return budget.underWay();
  }

  /** True while an answer of the ledger is to come. */
  public boolean isWritingLedger() {
    return positions.isBusy();
  }

  /** A job was started, with the wish that no shard waits for an operator. */
  public void resumeAll() {
    int resumed = 0;
    for (Lane lane : lanes.values()) {
      if (lane.resume()) {
        resumed++;
        port.changed(lane);
        schedule.offer(lane, port.now());
      }
    }
    if (resumed > 0) {
      LOG.info("{}: {} suspended shards are resumed, as the job starts", policy.stream(), resumed);
    }
  }

  /** All lanes, in no order. */
  public Collection<Lane> lanes() {
    return Collections.unmodifiableCollection(lanes.values());
  }

  /** Why the function cannot be reached; empty when it can. */
  public Optional<String> blockedBy() {
    return blockade.isRaised() ? Optional.of(blockade.message()) : Optional.empty();
  }

  /** What the coordinator is to hear about the target. */
  public Blockade.Report reportTarget() {
    long now = port.now();
    return blockade.report(!fenced && budget.hasRoom(now) && schedule.hasReady(now));
  }

  /** What the coordinator says about the target; makes the probe when that is asked for. */
  public void obey(Blockade.Order order) {
    blockade.obey(order);
    launchReady();
    blockade.lapse();
  }

  /** What was counted since this task began. */
  public Tally tally() {
    return tally;
  }
}
