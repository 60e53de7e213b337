// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import io.millrace.source.FakeStream;
import io.millrace.source.ShardEvent;
import io.millrace.source.ShardSplit;
import io.millrace.source.ShardSplitSerializer;
import io.millrace.source.SourceOptions;
import io.millrace.source.SourceSettings;
import io.millrace.source.StreamConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/**
 * What Flink does around an enumerator, in memory and step by step: readers with their state,
 * checkpoints, assignments that are given back when a reader fails, restoring at another
 * parallelism. States go through their serializers. One thread.
 */
final class FakeRuntime {

  /** A reader's task: what it holds, and what its restored state had. */
  private static final class Reader {
    private final Map<String, ShardSplit> held = new TreeMap<>();
    private List<ShardSplit> restored = List.of();
    private Map<String, List<String>> waiting = Map.of();
    private boolean registered;
  }

  private record Checkpoint(
      long id, EnumeratorState enumerator, Map<Integer, List<ShardSplit>> readers) {}

  private final FakeStream stream;
  private final StartPosition start;
  private long clock;
  private long checkpoints;
  private Optional<Checkpoint> pending = Optional.empty();
  private Optional<Checkpoint> completed = Optional.empty();

  private Job job;

  FakeRuntime(FakeStream stream, StartPosition start, int parallelism) {
    this.stream = stream;
    this.start = start;
    this.job = new Job(parallelism);
    job.begin(ShardEnumerator.fresh(job, connections(), start, settings(), () -> clock));
  }

  private StreamConnection.Factory connections() {
    return new StreamConnection.Factory(stream.factory(), name -> new NoTransport());
  }

  private static SourceSettings settings() {
    Configuration options = new Configuration();
    options.set(SourceOptions.DISCOVERY_INTERVAL, Duration.ofSeconds(1));
    return SourceSettings.from(options);
  }

  // ---- what happens to a job ----

  /** Time passes; a listing is made if one is due. */
  void tick() {
    clock += 500;
    job.tick.run();
    for (Runnable letter = job.letters.poll(); letter != null; letter = job.letters.poll()) {
      letter.run();
    }
  }

  /** A reader that is not there comes (back). */
  void register(int subtask) {
    Reader reader = job.readers.get(subtask);
    if (!reader.registered) {
      reader.registered = true;
      job.enumerator.addReader(subtask);
      job.enumerator.handleSourceEvent(
          subtask, new ShardEvent.ReaderStarted(Placement.MAX_PARALLELISM));
    }
  }

  void registerAll() {
    job.readers.keySet().forEach(this::register);
  }

  /** A reader fails and is set back to the last completed checkpoint. */
  void fail(int subtask) {
    pending = Optional.empty();
    Reader reader = job.readers.get(subtask);
    reader.registered = false;
    reader.held.clear();
    List<ShardSplit> back = new ArrayList<>();
    long restored = completed.map(Checkpoint::id).orElse(-1L);
    job.assigned.forEach(
        (checkpoint, bySubtask) -> {
          if (checkpoint > restored) {
            Set<ShardSplit> splits = bySubtask.remove(subtask);
            if (splits != null) {
              back.addAll(splits);
            }
          }
        });
    // After a restore at another parallelism the reader has its share of that checkpoint.
    reader.restored =
        completed
            .map(
                checkpoint ->
                    checkpoint.id() == job.restoredFrom
                        ? job.shares.get(subtask)
                        : checkpoint.readers().getOrDefault(subtask, List.of()))
            .orElse(List.of());
    job.enumerator.addSplitsBack(back, subtask);
  }

  /** The whole job restarts from the last completed checkpoint. */
  void restart(int parallelism) {
    pending = Optional.empty();
    job.enumerator.close();
    job = new Job(parallelism);
    if (completed.isEmpty()) {
      job.begin(ShardEnumerator.fresh(job, connections(), start, settings(), () -> clock));
      return;
    }
    Checkpoint from = completed.get();
    job.restoredFrom = from.id();
    int next = 0;
    for (List<ShardSplit> state : from.readers().values()) {
      for (ShardSplit split : state) {
        job.shares.get(next++ % parallelism).add(split);
      }
    }
    job.readers.forEach((subtask, reader) -> reader.restored = job.shares.get(subtask));
    job.begin(
        ShardEnumerator.restored(
            job, connections(), start, settings(), from.enumerator(), () -> clock));
  }

  /**
   * Takes a checkpoint; false when the enumerator declines. A reader that is not there counts as
   * one whose registration is under way: it runs, and holds nothing.
   */
  boolean snapshot() throws IOException {
    EnumeratorState state;
    try {
      state = job.enumerator.snapshotState(checkpoints + 1);
    } catch (IllegalStateException e) {
      return false;
    }
    long id = ++checkpoints;
    job.assigned.put(id, job.assigned.remove(Long.MAX_VALUE));
    job.assigned.put(Long.MAX_VALUE, new HashMap<>());
    Map<Integer, List<ShardSplit>> readers = new TreeMap<>();
    for (Map.Entry<Integer, Reader> reader : job.readers.entrySet()) {
      List<ShardSplit> splits = new ArrayList<>();
      for (ShardSplit split : reader.getValue().held.values()) {
        splits.add(
            ShardSplitSerializer.INSTANCE.deserialize(
                ShardSplitSerializer.INSTANCE.getVersion(),
                ShardSplitSerializer.INSTANCE.serialize(split)));
      }
      readers.put(reader.getKey(), splits);
    }
    pending = Optional.of(new Checkpoint(id, written(state), readers));
    return true;
  }

  /** The last checkpoint that was taken is completed. */
  void complete() {
    if (pending.isPresent()) {
      completed = pending;
      pending = Optional.empty();
      long id = completed.get().id();
      job.assigned.keySet().removeIf(checkpoint -> checkpoint <= id);
      job.enumerator.notifyCheckpointComplete(id);
    }
  }

  /**
   * The last checkpoint is completed and a reader is set back to it, before the enumerator hears of
   * the completion.
   */
  void completeWhile(int subtask) {
    if (pending.isPresent()) {
      completed = pending;
      long id = completed.get().id();
      fail(subtask);
      job.assigned.keySet().removeIf(checkpoint -> checkpoint <= id);
      job.enumerator.notifyCheckpointComplete(id);
    }
  }

  /** A reader emits a record of a split it holds, or its end where the shard is closed. */
  void read(int subtask, String shard, boolean toItsEnd) {
    Reader reader = job.readers.get(subtask);
    ShardSplit split = reader.held.get(shard);
    if (split == null) {
      return;
    }
    boolean end = toItsEnd && stream.isClosed(shard);
    StartPosition next =
        end || split.finished()
            ? split.next()
            : new StartPosition.After(new Position(sequence(split) + 1, 0, 0));
    boolean finished = end || split.finished();
    reader.held.put(shard, new ShardSplit(shard, split.lane(), next, split.parents(), finished));
    if (finished) {
      job.enumerator.handleSourceEvent(subtask, new ShardEvent.ShardDrained(shard, next));
    }
  }

  // ---- what can be seen of it ----

  int parallelism() {
    return job.readers.size();
  }

  boolean isRegistered(int subtask) {
    return job.readers.get(subtask).registered;
  }

  /** The splits a reader holds. */
  List<ShardSplit> held(int subtask) {
    return List.copyOf(job.readers.get(subtask).held.values());
  }

  /** What readers were told of shards that wait for their parents. */
  Map<String, List<String>> waiting() {
    Map<String, List<String>> all = new TreeMap<>();
    job.readers.values().forEach(reader -> all.putAll(reader.waiting));
    return all;
  }

  /** Splits, by shard, that live readers hold; a shard held twice is an error. */
  Map<String, ShardSplit> held() {
    Map<String, ShardSplit> all = new TreeMap<>();
    job.readers.forEach(
        (subtask, reader) ->
            reader.held.forEach(
                (shard, split) -> {
                  if (all.put(shard, split) != null) {
                    throw new AssertionError("shard " + shard + " is held twice");
                  }
                }));
    return all;
  }

  /** Splits of the last completed checkpoint, wherever in it they are. */
  Map<String, ShardSplit> durable() {
    Map<String, ShardSplit> all = new TreeMap<>();
    if (completed.isPresent()) {
      for (List<ShardSplit> splits : completed.get().readers().values()) {
        splits.forEach(split -> all.put(split.shard(), split));
      }
      durableState().waiting().forEach(split -> all.put(split.shard(), split));
    }
    return all;
  }

  /** The enumerator's part of the last completed checkpoint. */
  EnumeratorState durableState() {
    return completed.orElseThrow().enumerator();
  }

  private static EnumeratorState written(EnumeratorState state) throws IOException {
    EnumeratorStateSerializer serializer = EnumeratorStateSerializer.INSTANCE;
    return serializer.deserialize(serializer.getVersion(), serializer.serialize(state));
  }

  /** Shards of the last completed checkpoint that a reader holds without having read their end. */
  List<String> durablyUnfinished() {
    return completed.stream()
        .flatMap(checkpoint -> checkpoint.readers().values().stream())
        .flatMap(List::stream)
        .filter(split -> !split.finished())
        .map(ShardSplit::shard)
        .toList();
  }

  /** Shards that are drained in the last completed checkpoint. */
  List<String> durablyDrained() {
    return completed.isEmpty()
        ? List.of()
        : durableState().shards().stream()
            .filter(shard -> shard.state() == ShardState.DRAINED)
            .map(TrackedShard::id)
            .toList();
  }

  static long sequence(ShardSplit split) {
    return split.next() instanceof StartPosition.After after ? after.position().sequence() : -1;
  }

  /** The enumerator's context, and the readers it assigns to. */
  private final class Job implements SplitEnumeratorContext<ShardSplit> {

    private final Map<Integer, Reader> readers = new TreeMap<>();
    private final Map<Integer, List<ShardSplit>> shares = new TreeMap<>();
    private long restoredFrom = Long.MIN_VALUE;

    /** Assignments by the first checkpoint that was taken after them. */
    private final Map<Long, Map<Integer, Set<ShardSplit>>> assigned = new TreeMap<>();

    private ShardEnumerator enumerator;
    private Runnable tick = () -> {};
    private final Deque<Runnable> letters = new ArrayDeque<>();

    private Job(int parallelism) {
      assigned.put(Long.MAX_VALUE, new HashMap<>());
      for (int subtask = 0; subtask < parallelism; subtask++) {
        readers.put(subtask, new Reader());
        shares.put(subtask, new ArrayList<>());
      }
    }

    private void begin(ShardEnumerator begun) {
      enumerator = begun;
      enumerator.start();
    }

    @Override
    public SplitEnumeratorMetricGroup metricGroup() {
      return new JobMetrics();
    }

    @Override
    public void sendEventToSourceReader(int subtask, SourceEvent event) {
      Reader reader = readers.get(subtask);
      if (!reader.registered) {
        throw new IllegalStateException("reader " + subtask + " is not there");
      }
      if (event instanceof ShardEvent.ShardsWaiting told) {
        reader.waiting = told.parents();
      } else {
        ((ShardEvent.ShardsRetired) event).shards().forEach(reader.held::remove);
      }
    }

    @Override
    public int currentParallelism() {
      return readers.size();
    }

    @Override
    public Map<Integer, ReaderInfo> registeredReaders() {
      Map<Integer, ReaderInfo> registered = new HashMap<>();
      readers.forEach(
          (subtask, reader) -> {
            if (reader.registered) {
              registered.put(
                  subtask,
                  ReaderInfo.createReaderInfo(subtask, "here", List.copyOf(reader.restored)));
            }
          });
      return registered;
    }

    @Override
    public void assignSplits(SplitsAssignment<ShardSplit> assignment) {
      assignment
          .assignment()
          .forEach(
              (subtask, splits) -> {
                if (!readers.get(subtask).registered) {
                  throw new IllegalArgumentException("reader " + subtask + " is not there");
                }
                for (ShardSplit split : splits) {
                  if (readers.get(subtask).held.put(split.shard(), split) != null) {
                    throw new AssertionError("shard " + split.shard() + " is assigned twice");
                  }
                  assigned
                      .get(Long.MAX_VALUE)
                      .computeIfAbsent(subtask, each -> new LinkedHashSet<>())
                      .add(split);
                }
              });
    }

    @Override
    public void signalNoMoreSplits(int subtask) {
      throw new AssertionError("the stream has no end");
    }

    @Override
    public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
      throw new AssertionError("nothing is to be called on a worker thread");
    }

    @Override
    public <T> void callAsync(
        Callable<T> callable, BiConsumer<T, Throwable> handler, long initialDelay, long period) {
      tick =
          () -> {
            try {
              handler.accept(callable.call(), null);
            } catch (RuntimeException e) {
              throw e;
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          };
    }

    @Override
    public void runInCoordinatorThread(Runnable runnable) {
      letters.add(runnable);
    }
  }

  private static final class JobMetrics extends UnregisteredMetricsGroup
      implements SplitEnumeratorMetricGroup {
    @Override
    public Map<String, String> getAllVariables() {
      return Map.of("<job_id>", "job");
    }

    @Override
    public <G extends Gauge<Long>> G setUnassignedSplitsGauge(G gauge) {
      return gauge;
    }
  }
}
