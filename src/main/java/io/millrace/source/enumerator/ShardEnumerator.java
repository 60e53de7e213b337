// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import io.millrace.http.Causes;
import io.millrace.model.Shard;
import io.millrace.model.StartPosition;
import io.millrace.source.ShardEvent;
import io.millrace.source.ShardSplit;
import io.millrace.source.SourceSettings;
import io.millrace.source.StreamConnection;
import io.millrace.source.StreamException;
import io.millrace.source.runtime.TaskFacts;
import io.millrace.source.runtime.Unrecoverable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates between Flink's source coordinator and {@link Lineage}, {@link Custody} and {@link
 * Discovery}. Runs on the coordinator's thread; answers of the stream re-enter there. Its
 * checkpoint is the shards with their states, and the splits that are with no reader.
 */
@Internal
public final class ShardEnumerator implements SplitEnumerator<ShardSplit, EnumeratorState> {

  private static final Logger LOG = LoggerFactory.getLogger(ShardEnumerator.class);

  /** Not contained in any checkpoint so far. */
  private static final long NO_CHECKPOINT = Long.MAX_VALUE;

  /** How often it is looked whether a listing is due. */
  private static final Duration TICK = Duration.ofMillis(500);

  private final SplitEnumeratorContext<ShardSplit> context;
  private final StreamConnection.Factory stream;
  private final StartPosition start;
  private final SourceSettings settings;
  private final LongSupplier millis;
  private final Lineage lineage;
  private final Custody custody;
  private final Discovery discovery;
  private final WaitingShards waitingShards = new WaitingShards();

  /** Readers whose present attempt has said that it is ready. */
  private final Set<Integer> ready = new HashSet<>();

  /** Positions found so far of a relative start, until the first listing is taken in. */
  private final Map<String, StartPosition> resolved = new HashMap<>();

  /** Shards about whose start the stream is being asked. */
  private final Set<String> pinning = new HashSet<>();

  private StreamConnection connection;
  private boolean begun;

  /** True when a completed checkpoint has the beginning: a restart does not begin anew. */
  private boolean begunDurably;

  /** The first checkpoint that has the beginning. */
  private long begunIn = NO_CHECKPOINT;

  private ShardEnumerator(
      SplitEnumeratorContext<ShardSplit> context,
      StreamConnection.Factory stream,
      StartPosition start,
      SourceSettings settings,
      LongSupplier millis,
      Lineage lineage,
      Custody custody,
      boolean begun) {
    this.context = context;
    this.stream = stream;
    this.start = start;
    this.settings = settings;
    this.millis = millis;
    this.lineage = lineage;
    this.custody = custody;
    this.begun = begun;
    this.begunDurably = begun;
    this.discovery =
        new Discovery(settings.discoveryInterval(), new SplittableRandom(), millis.getAsLong());
  }

  /** The enumerator of a job that starts from nothing. */
  public static ShardEnumerator fresh(
      SplitEnumeratorContext<ShardSplit> context,
      StreamConnection.Factory stream,
      StartPosition start,
      SourceSettings settings) {
    return fresh(context, stream, start, settings, ShardEnumerator::now);
  }

  /** The same with a clock in milliseconds. */
  static ShardEnumerator fresh(
      SplitEnumeratorContext<ShardSplit> context,
      StreamConnection.Factory stream,
      StartPosition start,
      SourceSettings settings,
      LongSupplier millis) {
    return new ShardEnumerator(
        context,
        stream,
        start,
        settings,
        millis,
        new Lineage(List.of(), stream.reopens()),
        Custody.fresh(context.currentParallelism()),
        false);
  }

  /** The enumerator of a restored job. */
  public static ShardEnumerator restored(
      SplitEnumeratorContext<ShardSplit> context,
      StreamConnection.Factory stream,
      StartPosition start,
      SourceSettings settings,
      EnumeratorState state) {
    return restored(context, stream, start, settings, state, ShardEnumerator::now);
  }

  /** The same with a clock in milliseconds. */
  static ShardEnumerator restored(
      SplitEnumeratorContext<ShardSplit> context,
      StreamConnection.Factory stream,
      StartPosition start,
      SourceSettings settings,
      EnumeratorState state,
      LongSupplier millis) {
    requireMaxParallelism(state.maxParallelism());
    return new ShardEnumerator(
        context,
        stream,
        start,
        settings,
        millis,
        new Lineage(state.shards(), stream.reopens()),
        Custody.restored(context.currentParallelism(), state.waiting(), state.scattered()),
        state.begun());
  }

  private static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  @Override
  public void start() {
    connection = stream.open(TaskFacts.jobOf(context.metricGroup()));
    context.metricGroup().setUnassignedSplitsGauge(custody::waitingSplits);
    long tick = Math.min(TICK.toMillis(), settings.discoveryInterval().toMillis());
    context.callAsync(() -> true, (always, failure) -> listIfDue(), 0, tick);
  }

  // ---- discovery ----

  private void listIfDue() {
    if (discovery.begin(millis.getAsLong())) {
      reenter(this::list, this::listed);
    }
  }

  private CompletableFuture<List<Shard>> list() {
    CompletableFuture<List<Shard>> listing = connection.client().shards();
    return begun || !start.isRelative() ? listing : listing.thenCompose(this::resolve);
  }

  /** Finds where every shard begins; what was found before a failure is kept. */
  private CompletableFuture<List<Shard>> resolve(List<Shard> listing) {
    requireListed(listing);
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (Shard shard : listing) {
      if (lineage.needsResolving(shard, start)) {
        synchronized (resolved) {
          if (resolved.containsKey(shard.id())) {
            continue;
          }
        }
        all.add(
            connection
                .client()
                .resolve(shard.id(), start)
                .thenAccept(
                    position -> {
                      synchronized (resolved) {
                        resolved.put(shard.id(), position);
                      }
                    }));
      }
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> listing);
  }

  private void requireListed(List<Shard> listing) {
    if (start instanceof StartPosition.Sequences sequences) {
      Set<String> unlisted = sequences.unlisted(listing);
      if (!unlisted.isEmpty()) {
        throw new StreamException(
            StreamException.Kind.FATAL,
            stream.stream()
                + ": to begin in shards "
                + unlisted
                + ", but it has "
                + listing.stream().map(Shard::id).toList());
      }
    }
  }

  /** Makes a call of the stream and takes its answer on the coordinator's thread. */
  private <T> void reenter(Supplier<CompletableFuture<T>> call, BiConsumer<T, Throwable> handler) {
    CompletableFuture<T> answer;
    try {
      answer = call.get();
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var unused =
        answer.whenComplete(
            (value, failure) ->
                context.runInCoordinatorThread(() -> handler.accept(value, failure)));
  }

  private void listed(List<Shard> listing, Throwable failure) {
    if (failure != null) {
      notListed(failure);
      return;
    }
    if (discovery.succeeded(millis.getAsLong())) {
      LOG.info("The shards of {} are listed again.", stream.stream());
    }
    if (begun) {
      lineage.listed(listing);
    } else {
      synchronized (resolved) {
        lineage.begin(listing, start, resolved);
        resolved.clear();
      }
      begun = true;
      LOG.info("{} has {} shards; reading from {}.", stream.stream(), listing.size(), start);
    }
    startShards();
    pinShards();
  }

  /** Has the stream say where the shards begin that wait for their turn. */
  private void pinShards() {
    for (TrackedShard shard : lineage.unpinned()) {
      if (pinning.add(shard.id())) {
        reenter(
            () -> connection.client().pin(shard.id(), shard.start()),
            (position, failure) -> pinned(shard.id(), position, failure));
      }
    }
  }

  private void pinned(String shard, StartPosition position, Throwable failure) {
    pinning.remove(shard);
    if (failure == null) {
      lineage.pin(shard, position);
      startShards();
    } else if (Causes.of(failure) instanceof StreamException refusal) {
      LOG.warn(
          "Where shard {} of {} begins is not known yet; asking again with the next listing: {}",
          shard,
          stream.stream(),
          refusal.getMessage());
    } else {
      throw new IllegalStateException(
          "pinning shard " + shard + " of " + stream.stream() + " failed", Causes.of(failure));
    }
  }

  private void notListed(Throwable failure) {
    if (!(Causes.of(failure) instanceof StreamException refusal)) {
      throw new IllegalStateException(
          "listing the shards of " + stream.stream() + " failed", Causes.of(failure));
    }
    StreamException.Kind kind = refusal.kind();
    boolean neverWorked =
        !begun && (kind == StreamException.Kind.FATAL || kind == StreamException.Kind.REFUSED);
    if (neverWorked || kind == StreamException.Kind.DATA_LOSS) {
      throw Unrecoverable.because(refusal);
    }
    if (discovery.failed(millis.getAsLong(), kind)) {
      LOG.warn(
          "The shards of {} cannot be listed; trying again until they can: {}",
          stream.stream(),
          refusal.getMessage());
    }
  }

  /**
   * Begins every shard that may begin. A failure before the beginning is durable resolves a moving
   * start anew, and skips what lies before it in every shard listed then: no shard may be ahead.
   */
  private void startShards() {
    boolean untilDurable = start.moves() && !begunDurably;
    List<TrackedShard> begin = lineage.startable();
    for (TrackedShard shard : begin) {
      custody.add(shard.split(), untilDurable);
    }
    if (!begin.isEmpty()) {
      LOG.info(
          "Shards {} of {} begin.", begin.stream().map(TrackedShard::id).toList(), stream.stream());
    }
    assign();
  }

  // ---- readers ----

  /** The reader's report is taken when it says that it is ready. */
  @Override
  public void addReader(int subtask) {
    ready.remove(subtask);
    waitingShards.forget(subtask);
  }

  @Override
  public void handleSourceEvent(int subtask, SourceEvent event) {
    if (!(event instanceof ShardEvent shardEvent)) {
      throw new IllegalArgumentException("reader " + subtask + " sent " + event);
    }
    if (shardEvent instanceof ShardEvent.ReaderStarted started) {
      readerStarted(subtask, started);
    } else if (shardEvent instanceof ShardEvent.ShardDrained drained) {
      shardDrained(subtask, drained);
    }
  }

  private void readerStarted(int subtask, ShardEvent.ReaderStarted started) {
    requireMaxParallelism(started.maxParallelism());
    ReaderInfo reader = context.registeredReaders().get(subtask);
    if (reader == null) {
      return;
    }
    List<ShardSplit> report = reader.getReportedSplitsOnRegistration();
    custody.reported(subtask, report, lineage::isDurablyDrained).forEach(lineage::adopt);
    ready.add(subtask);
    assign();
  }

  private static void requireMaxParallelism(int maxParallelism) {
    if (maxParallelism != Placement.MAX_PARALLELISM) {
      throw new IllegalStateException(
          "pipeline.max-parallelism: "
              + maxParallelism
              + " is not accepted; accepted: "
              + Placement.MAX_PARALLELISM
              + ", on which the place of every shard depends");
    }
  }

  private void shardDrained(int subtask, ShardEvent.ShardDrained drained) {
    String shard = drained.shard();
    if (custody.isHeld(shard, subtask)) {
      LOG.info("Shard {} of {} is delivered to its end.", shard, stream.stream());
      lineage.drained(shard, drained.next());
      discovery.soon(millis.getAsLong());
    }
  }

  /** Never assigns: the reader is not there. */
  @Override
  public void addSplitsBack(List<ShardSplit> splits, int subtask) {
    ready.remove(subtask);
    custody.setBack(subtask, splits).forEach(lineage::setBack);
    splits.forEach(split -> lineage.setBack(split.shard()));
  }

  @Override
  public void handleSplitRequest(int subtask, String host) {
    // Splits go to their owners unasked.
  }

  private void assign() {
    Set<Integer> there = new TreeSet<>(context.registeredReaders().keySet());
    there.retainAll(ready);
    Map<Integer, List<ShardSplit>> assignment = custody.handOver(there::contains);
    if (!assignment.isEmpty()) {
      context.assignSplits(new SplitsAssignment<>(assignment));
    }
    waitingShards
        .news(lineage.waitingForParents(), context.currentParallelism(), there)
        .forEach(
            (subtask, parents) ->
                context.sendEventToSourceReader(subtask, new ShardEvent.ShardsWaiting(parents)));
  }

  // ---- checkpoints ----

  @Override
  public EnumeratorState snapshotState(long checkpoint) {
    List<ShardSplit> waiting = custody.snapshot(checkpoint);
    lineage.snapshotted(checkpoint);
    if (begun && begunIn == NO_CHECKPOINT) {
      begunIn = checkpoint;
    }
    return new EnumeratorState(Placement.MAX_PARALLELISM, begun, lineage.shards(), waiting);
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) {
    custody.completed(checkpoint);
    begunDurably |= begunIn <= checkpoint;
    Map<Integer, List<String>> retired = new TreeMap<>();
    for (String shard : lineage.completed(checkpoint)) {
      int holder = custody.retire(shard);
      if (holder >= 0 && context.registeredReaders().containsKey(holder)) {
        retired.computeIfAbsent(holder, subtask -> new ArrayList<>()).add(shard);
      }
    }
    retired.forEach(
        (subtask, shards) ->
            context.sendEventToSourceReader(subtask, new ShardEvent.ShardsRetired(shards)));
    startShards();
  }

  @Override
  public void close() {
    if (connection != null) {
      connection.close();
    }
  }
}
