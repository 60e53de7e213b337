// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsResponse;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import io.millrace.datahub.DataHubCalls.Seek;
import io.millrace.datahub.DataHubCalls.Topic;
import io.millrace.model.Position;
import io.millrace.model.Shard;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A topic of DataHub. Keeps the topic's record type once it is known, and nothing else. */
final class DataHubStreamClient implements StreamClient {

  /** DataHub's largest answer; enough for all records of the newest sequence. */
  private static final int NEWEST = 1000;

  private final DataHubStream stream;
  private final DataHubCalls calls;
  private final Clock clock;
  private volatile Topic known;

  DataHubStreamClient(DataHubStream stream, DataHubCalls calls, Clock clock) {
    this.stream = stream;
    this.calls = calls;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<StreamDescription> describe() {
    return calls
        .topic()
        .thenApply(
            topic -> {
              known = topic;
              String kind = topic.blob() ? "BLOB" : "TUPLE, " + topic.columns() + " columns";
              return new StreamDescription(stream.stream(), kind);
            });
  }

  /** The record type of a topic never changes, so it is asked for once. */
  CompletableFuture<Topic> topic() {
    Topic topic = known;
    if (topic != null) {
      return CompletableFuture.completedFuture(topic);
    }
    return calls
        .topic()
        .thenApply(
            found -> {
              known = found;
              return found;
            });
  }

  @Override
  public CompletableFuture<List<Shard>> shards() {
    return calls.shards();
  }

  @Override
  public CompletableFuture<StartPosition> resolve(String shard, StartPosition start) {
    if (!(start instanceof StartPosition.Latest)) {
      return CompletableFuture.completedFuture(start);
    }
    // DataHub's LATEST is the newest record itself, and an empty shard looks like one with a
    // single record: only reading tells.
    return calls
        .cursor(shard, Seek.LATEST)
        .thenCompose(cursor -> calls.records(shard, cursor.text(), NEWEST))
        .thenApply(DataHubStreamClient::behindFirstSequence)
        .exceptionallyCompose(
            failure ->
                DataHubErrors.is(failure, DataHubErrors.SEALED)
                    ? CompletableFuture.completedFuture(new StartPosition.At(clock.millis()))
                    : CompletableFuture.failedFuture(DataHubErrors.unwrapped(failure)));
  }

  /** What follows the first sequence of the answer came after the question. */
  private static StartPosition behindFirstSequence(GetRecordsResponse answer) {
    if (answer.getRecordsCount() == 0) {
      return new StartPosition.Earliest();
    }
    RecordEntry first = answer.getRecords(0);
    int index = 0;
    while (index + 1 < answer.getRecordsCount()
        && answer.getRecords(index + 1).getSequence() == first.getSequence()) {
      index++;
    }
    return new StartPosition.After(new Position(first.getSequence(), index, first.getSystemTime()));
  }

  @Override
  public ShardCursor open(String shard, int lane, StartPosition start) {
    if (start instanceof StartPosition.Latest) {
      throw new IllegalArgumentException("resolve " + start + " first");
    }
    RecordEncoder encoder = new RecordEncoder(shard, stream.blobEncoding());
    return new DataHubShardCursor(shard, lane, start, calls, this::topic, encoder, clock);
  }

  @Override
  public void close() {
    calls.close();
  }
}
