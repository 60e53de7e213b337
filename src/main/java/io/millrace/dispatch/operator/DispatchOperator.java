// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.dispatch.DeliveryOptions;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.lane.DispatchPort;
import io.millrace.dispatch.lane.Dispatcher;
import io.millrace.dispatch.lane.Lane;
import io.millrace.dispatch.lane.Lease;
import io.millrace.dispatch.lane.Tally;
import io.millrace.http.HttpTransport;
import io.millrace.http.SharedTransport;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.reader.TaskLink;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.metrics.MetricNames;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.IOUtils;

/**
 * Delivers the records of this subtask's shards to the function, from within Flink: keeps the lanes
 * in keyed state, turns answers into mails, and asks the coordinator for its lease and commands.
 *
 * <p>Never blocks the task thread, but for the planned stop: the snapshot of a stop with savepoint
 * waits until no call is under way, and nothing is launched after it. Checkpointed: the lanes.
 * After a restore the lanes' sealed envelopes are tried first, as soon as the first lease is there.
 */
final class DispatchOperator extends AbstractStreamOperator<ShardRecord>
    implements OneInputStreamOperator<ShardRecord, ShardRecord>, BoundedOneInput {

  private static final long serialVersionUID = 1L;

  private static final long ALARM_AGAIN = 100;

  private final transient DispatchSettings settings;
  private final transient MailboxExecutor mailbox;
  private final transient PullGateway gateway;

  private transient LaneStore store;
  private transient TaskLink link;
  private transient FlowGate gate;
  private transient StatusReport report;
  private transient PullLoop coordinator;
  private transient HttpTransport transport;
  private transient FunctionInvoker invoker;
  private transient DeliveryLedger ledger;
  private transient Dispatcher dispatcher;
  private transient ScheduledFuture<?> wakeUp;
  private transient long wakeUpAt;
  private transient boolean inputSeen;
  private transient boolean closed;

  DispatchOperator(
      StreamOperatorParameters<ShardRecord> parameters,
      DispatchSettings settings,
      MailboxExecutor mailbox,
      PullGateway gateway) {
    super(parameters);
    this.settings = settings;
    this.mailbox = mailbox;
    this.gateway = gateway;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    String attempt = getContainingTask().getEnvironment().getExecutionId().toString();
    String job = getContainingTask().getEnvironment().getJobID().toString();
    link = TaskLink.acquire(attempt);
    gate =
        new FlowGate(
            link,
            settings.options().get(DeliveryOptions.BUFFER).getBytes(),
            settings.options().get(DeliveryOptions.MAX_RECORDS));
    report =
        new StatusReport(
            subtask,
            attempt,
            host(),
            link,
            new LaneMetrics(
                getMetricGroup(), settings.options().get(DeliveryOptions.SHARD_METRICS)));
    transport = SharedTransport.acquire(job, settings.http());
    Lease lease = new Lease(lease());
    // A frozen task may wake up with calls that wait for a connection.
    HttpTransport leased = transport.with(() -> lease.isFresh(System.nanoTime()));
    StartMark start = new StartMark(context.getOperatorStateStore(), job);
    invoker = settings.invoker().open(leased);
    ledger = settings.ledger() == null ? null : settings.ledger().open(leased);
    dispatcher =
        new Dispatcher(
            settings.policy(parallelism, subtask),
            settings.format(),
            invoker,
            new TaskPort(),
            lease,
            new SplittableRandom(),
            Optional.ofNullable(ledger)
                .map(
                    opened ->
                        settings.ledgerTerms(opened, job, context.isRestored(), !start.isNew())));
    link.attachLanes(this::assigned);
    coordinator =
        new PullLoop(
            gateway, getProcessingTimeService(), this::inMailbox, lease, dispatcher, report, link);
    store = new LaneStore(getKeyedStateBackend(), context.getKeyedStateStore());
    store.restore(dispatcher::adopt);
    tellOfRestored(subtask, parallelism);
    if (start.isNew()
        && settings.options().get(DeliveryOptions.ON_START)
            == DeliveryOptions.OnStart.resume_suspended) {
      dispatcher.resumeAll();
    }
    // Before any split exists: what is full must not be fetched for.
    dispatcher.lanes().forEach(this::closesForBeingFull);
  }

  private StartPosition assigned(String shard, int lane, StartPosition next) {
    report.begun(shard);
    return dispatcher.assigned(shard, lane, next);
  }

  /** Shards move to other subtasks with a rescaling, and other machines after a failure. */
  private void tellOfRestored(int subtask, int parallelism) {
    if (!dispatcher.lanes().isEmpty()) {
      LOG.info(
          "{}: shards {} go on at subtask {} of {}, on {}, from the restored state",
          settings.trigger(),
          dispatcher.lanes().stream().map(Lane::shard).sorted().toList(),
          subtask,
          parallelism,
          host());
    }
  }

  private Duration lease() {
    Duration lease = settings.options().get(DeliveryOptions.LEASE);
    try {
      LeaseRule.check(
          lease, getContainingTask().getEnvironment().getTaskManagerInfo().getConfiguration());
    } catch (IllegalArgumentException e) {
      throw new SuppressRestartsException(e);
    }
    return lease;
  }

  @Override
  public void open() throws Exception {
    super.open();
    registerMetrics(getMetricGroup());
    coordinator.start();
  }

  @Override
  public void processElement(StreamRecord<ShardRecord> element) throws Exception {
    if (!inputSeen) {
      inputSeen = true;
      if (settings.chained() && !link.isChained()) {
        throw new SuppressRestartsException(
            new IllegalStateException(
                "source and functions are not in one task, so nothing would hold back the source; "
                    + PipelineOptions.OPERATOR_CHAINING.key()
                    + " must be true"));
      }
    }
    regulate(dispatcher.append(element.getValue()));
  }

  private boolean closesForBeingFull(Lane lane) {
    long now = getProcessingTimeService().getCurrentProcessingTime();
    return gate.regulate(lane, dispatcher.lanes().size(), now);
  }

  /** A lane that is full stands still: better written now than in the next checkpoint. */
  private void regulate(Lane lane) {
    if (closesForBeingFull(lane) && !lane.isDrained()) {
      try {
        store.write(lane);
      } catch (Exception e) {
        throw new FlinkRuntimeException("shard " + lane.shard() + ": cannot write its lane", e);
      }
    }
  }

  @Override
  public void endInput() throws Exception {
    for (; ; ) {
      boolean delivered = true;
      for (Lane lane : dispatcher.lanes()) {
        if (lane.isSuspended() && lane.tail() > lane.head()) {
          throw new IllegalStateException(
              "cannot drain: shard "
                  + lane.shard()
                  + " is suspended and holds records; resume it, or stop without draining");
        }
        delivered &= lane.tail() == lane.head();
      }
      if (delivered) {
        return;
      }
      mailbox.yield();
    }
  }

  // ---- checkpoints ----

  @Override
  public OperatorSnapshotFutures snapshotState(
      long checkpointId,
      long timestamp,
      CheckpointOptions checkpointOptions,
      CheckpointStreamFactory factory)
      throws Exception {
    if (isPlannedStop(checkpointOptions)) {
      dispatcher.fence();
      awaitCalls();
    }
    return super.snapshotState(checkpointId, timestamp, checkpointOptions, factory);
  }

  private static boolean isPlannedStop(CheckpointOptions options) {
    return options.getCheckpointType() instanceof SavepointType type && type.isSynchronous();
  }

  /**
   * Takes the answers of the calls under way, so that none of them is repeated, and lets the ledger
   * have what they delivered. The task's timers are silent by now (a stop quiesces them before it
   * takes its savepoint), so the deadline has an alarm of its own.
   */
  private void awaitCalls() throws InterruptedException {
    if (!isAwaiting()) {
      return;
    }
    Duration timeout = settings.options().get(DeliveryOptions.STOP_DRAIN_TIMEOUT);
    long deadline = System.nanoTime() + timeout.toNanos();
    ScheduledExecutorService alarm =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "millrace-stop-alarm");
              thread.setDaemon(true);
              return thread;
            });
    try {
      alarm.scheduleWithFixedDelay(
          () -> inMailbox(() -> {}, "stop deadline"),
          timeout.toMillis(),
          ALARM_AGAIN,
          TimeUnit.MILLISECONDS);
      while (isAwaiting() && System.nanoTime() - deadline < 0) {
        mailbox.yield();
      }
    } finally {
      alarm.shutdownNow();
    }
    if (dispatcher.callsUnderWay() > 0) {
      dispatcher.leaveCallsBehind();
      LOG.warn(
          "{}: stopping with {} calls still under way after {}; they will be repeated",
          settings.trigger(),
          dispatcher.callsUnderWay(),
          DeliveryOptions.STOP_DRAIN_TIMEOUT.key());
    }
  }

  private boolean isAwaiting() {
    return dispatcher.callsUnderWay() > 0 || dispatcher.isWritingLedger();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    store.flush();
    dispatcher.orders().checkpoint(context.getCheckpointId());
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    dispatcher.orders().complete(checkpointId);
  }

  private void inMailbox(Runnable action, String name) {
    try {
      mailbox.execute(
          () -> {
            if (!closed) {
              action.run();
            }
          },
          name);
    } catch (RejectedExecutionException e) {
      // The task has ended; what comes late is the next attempt's to find out.
      LOG.debug("{} after the task ended", name);
    }
  }

  // ---- end ----

  @Override
  public void close() throws Exception {
    closed = true;
    // Each is closed, whatever becomes of the one before.
    IOUtils.closeAll(invoker, ledger, transport, this::releaseLink, super::close);
  }

  private void releaseLink() {
    if (link != null) {
      link.release();
      link = null;
    }
  }

  private void registerMetrics(MetricGroup group) {
    Tally tally = dispatcher.tally();
    group.gauge("invocations", tally::launched);
    group.gauge("invocationsAcknowledged", tally::acknowledged);
    group.gauge("invocationsFailed", tally::failed);
    group.gauge("invocationsThrottled", tally::throttled);
    group.gauge("invocationsUnknownFate", tally::unknownFates);
    group.gauge("invocationsNotSent", tally::notSent);
    group.gauge("targetFaults", tally::targetFaults);
    group.gauge("retries", tally::retries);
    group.gauge("recordsDelivered", tally::delivered);
    group.gauge("recordsDiscarded", tally::discarded);
    group.gauge("recordsRepeated", tally::repeated);
    // Flink's names of what a sink does (FLIP-33).
    group.gauge(MetricNames.NUM_RECORDS_SEND, tally::sent);
    group.gauge(MetricNames.NUM_RECORDS_SEND_ERRORS, tally::notDelivered);
    group.gauge(MetricNames.CURRENT_SEND_TIME, tally::lastCallMillis);
    group.gauge("shardsHeldBack", gate::closed);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /** The dispatcher's view of this task. */
  private final class TaskPort implements DispatchPort {

    @Override
    public long now() {
      return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void execute(Runnable action) {
      inMailbox(action, "function answered");
    }

    @Override
    public void wakeAt(long time) {
      if (wakeUp != null && !wakeUp.isDone() && wakeUpAt <= time) {
        return;
      }
      if (wakeUp != null) {
        wakeUp.cancel(false);
      }
      wakeUpAt = time;
      wakeUp =
          getProcessingTimeService()
              .registerTimer(
                  time,
                  reached -> {
                    wakeUp = null;
                    if (!closed) {
                      dispatcher.launchReady();
                    }
                  });
    }

    @Override
    public void changed(Lane lane) {
      store.changed(lane);
      if (!lane.inFlight()) {
        regulate(lane);
      }
    }

    @Override
    public void drained(Lane lane) {
      report.ended(lane, now());
      store.remove(lane);
      gate.forget(lane.shard());
      link.drained(lane.shard());
    }

    @Override
    public void blockadeChanged() {
      coordinator.hurry();
    }

    @Override
    public void holdReader(String shard) {
      gate.hold(shard);
    }

    @Override
    public void releaseReader(String shard) {
      gate.release(shard);
    }

    @Override
    public void moveReader(String shard, StartPosition next) {
      link.reader().move(shard, next);
    }

    @Override
    public void failJob(String message) {
      throw new SuppressRestartsException(new IllegalStateException(message));
    }
  }
}
