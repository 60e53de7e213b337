// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.ShardEvent;
import io.millrace.source.ShardSplit;
import io.millrace.source.SourceSettings;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamConnection;
import io.millrace.source.StreamException;
import io.millrace.source.runtime.TaskFacts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.connector.base.source.reader.SourceReaderOptions;
import org.apache.flink.metrics.Counter;

/**
 * Reads the shards of one subtask. Runs on the task thread; one fetcher thread drives the fetches.
 * Checkpoints its splits as far as they were emitted, finished ones until the enumerator retires
 * them. Restored, it holds nothing until splits are assigned to it.
 */
@Internal
@SuppressWarnings("try") // Flink's reader may be interrupted while it closes.
public final class ShardReader
    extends SingleThreadMultiplexSourceReaderBase<
        ShardRecord, ShardRecord, ShardSplit, SplitProgress> {

  /**
   * Hand-overs that can wait for the task thread. Large, so that the fetcher thread never waits for
   * it: the budget and the portions by shard bound what is held.
   */
  private static final int QUEUE_CAPACITY = 1024;

  private final StreamConnection connection;
  private final ShardFetches fetches;
  private final TaskLink link;
  private final TaskFacts facts;
  private final Moves moves;

  /** The splits of this reader, which are the base class's too. */
  private final Map<String, SplitProgress> splits = new HashMap<>();

  /** Assigned again while the finished split of the shard is still here. */
  private final Map<String, ShardSplit> reopened = new HashMap<>();

  private boolean closed;

  private ShardReader(
      StreamConnection connection,
      ShardFetches fetches,
      TaskLink link,
      TaskFacts facts,
      Moves moves,
      Configuration configuration,
      SourceReaderContext context) {
    super(
        () -> new ShardSplitReader(fetches),
        new Emitter(context.metricGroup().getIOMetricGroup().getNumBytesInCounter()),
        configuration,
        context);
    this.connection = connection;
    this.fetches = fetches;
    this.link = link;
    this.facts = facts;
    this.moves = moves;
  }

  /** The reader of the task that the context belongs to. */
  public static ShardReader open(
      SourceReaderContext context, StreamConnection.Factory stream, SourceSettings settings) {
    TaskFacts facts = TaskFacts.of(context);
    StreamConnection connection = stream.open(facts.job());
    TaskLink link = TaskLink.acquire(facts.attempt());
    Moves moves = new Moves();
    ShardFetches fetches =
        new ShardFetches(
            connection.client(), link, settings, moves, System::nanoTime, new SplittableRandom());
    Configuration configuration = new Configuration(context.getConfiguration());
    configuration.set(SourceReaderOptions.ELEMENT_QUEUE_CAPACITY, QUEUE_CAPACITY);
    ShardReader reader =
        new ShardReader(connection, fetches, link, facts, moves, configuration, context);
    // Attached before the lanes open: they look whether the reader is in their task.
    link.attachReader(reader.new Steering());
    context.metricGroup().setPendingRecordsGauge(fetches::lagRecords);
    context.metricGroup().gauge("recordsLost", fetches::lostRecords);
    return reader;
  }

  @Override
  public void start() {
    context.sendSourceEventToCoordinator(new ShardEvent.ReaderStarted(facts.maxParallelism()));
  }

  /** What the lanes ask of this reader. */
  private final class Steering implements TaskLink.Reading {

    @Override
    public void wake() {
      fetches.wake();
    }

    @Override
    public void drained(String shard) {
      SplitProgress split = splits.get(shard);
      // A lane that was restored behind the end: the split that is yet to come brings it again.
      if (split != null) {
        context.sendSourceEventToCoordinator(
            new ShardEvent.ShardDrained(shard, split.split().next()));
      }
    }

    @Override
    public void move(String shard, StartPosition next) {
      SplitProgress split = splits.get(shard);
      if (split == null) {
        throw new IllegalStateException("shard " + shard + " is not read here");
      }
      split.move(next);
      int epoch = moves.begin(shard);
      ShardSplit moved = split.split();
      fetches.post(() -> fetches.move(moved, epoch));
    }

    @Override
    public CompletableFuture<TaskLink.Located> locate(String shard, StartPosition place) {
      StreamClient client = connection.client();
      if (!place.isRelative()) {
        return client.pin(shard, place).thenApply(now -> new TaskLink.Located(place, now));
      }
      CompletableFuture<StartPosition> oldest = client.pin(shard, new StartPosition.Earliest());
      return client
          .resolve(shard, place)
          .thenCombine(
              oldest,
              (found, first) -> {
                requireThere(shard, found, first);
                return new TaskLink.Located(found, found);
              });
    }

    private void requireThere(String shard, StartPosition found, StartPosition oldest) {
      if (found instanceof StartPosition.After after
          && oldest instanceof StartPosition.After first
          && after.position().sequence() < first.position().sequence()) {
        throw new StreamException(
            StreamException.Kind.FATAL,
            "shard "
                + shard
                + ": the record of sequence "
                + (after.position().sequence() + 1)
                + " has expired; the oldest has "
                + (first.position().sequence() + 1));
      }
    }
  }

  /**
   * The lanes may know better where a shard goes on. One that is open again waits until what was
   * read of it before is forgotten.
   */
  @Override
  public void addSplits(List<ShardSplit> assigned) {
    List<ShardSplit> begun = new ArrayList<>();
    for (ShardSplit split : assigned) {
      if (splits.containsKey(split.shard())) {
        reopened.put(split.shard(), split);
      } else {
        begun.add(split.from(link.assigned(split.shard(), split.lane(), split.next())));
      }
    }
    super.addSplits(begun);
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    if (event instanceof ShardEvent.ShardsRetired retired) {
      fetches.post(() -> retired.shards().forEach(fetches::retire));
    } else if (event instanceof ShardEvent.ShardsWaiting waiting) {
      link.setWaiting(waiting.parents());
    } else {
      throw new IllegalArgumentException("the enumerator sent " + event);
    }
  }

  @Override
  protected void onSplitFinished(Map<String, SplitProgress> finished) {
    for (String shard : finished.keySet()) {
      splits.remove(shard);
      moves.forget(shard);
      ShardSplit next = reopened.remove(shard);
      if (next != null) {
        addSplits(List.of(next));
      }
    }
  }

  @Override
  protected SplitProgress initializedState(ShardSplit split) {
    SplitProgress progress = new SplitProgress(split);
    splits.put(split.shard(), progress);
    return progress;
  }

  @Override
  protected ShardSplit toSplitType(String shard, SplitProgress progress) {
    return progress.split();
  }

  @Override
  public void close() throws Exception {
    if (closed) {
      return;
    }
    closed = true;
    try (connection) {
      super.close();
    } finally {
      link.release();
    }
  }

  /** Emits records with the time at which the stream accepted them. */
  private record Emitter(Counter bytes)
      implements RecordEmitter<ShardRecord, ShardRecord, SplitProgress> {
    @Override
    public void emitRecord(
        ShardRecord record, SourceOutput<ShardRecord> output, SplitProgress progress) {
      progress.emitted(record);
      if (record.end()) {
        output.collect(record);
      } else {
        bytes.inc(record.body().length);
        output.collect(record, record.time());
      }
    }
  }
}
