// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.e2e.oracle.GroundTruth;
import io.millrace.e2e.oracle.GroundTruth.ShardTruth;
import io.millrace.e2e.oracle.GroundTruth.Written;
import io.millrace.emulator.datahub.TopicView;
import io.millrace.emulator.dis.StreamView;
import java.util.List;
import java.util.Optional;

/** What a stream holds, as its service knows it. Reads are of the moment. */
public sealed interface StoredStream {

  /**
   * A shard.
   *
   * @param open whether it takes records
   * @param parents the shards that it continues
   * @param next the sequence that the next record gets or would have got
   * @param count of its records
   */
  record Shard(String id, boolean open, List<String> parents, long next, long count) {}

  /**
   * A record.
   *
   * @param time milliseconds since 1970
   */
  record StoredRecord(long sequence, long time, Optional<String> key) {}

  /** All shards, open and closed. */
  List<Shard> shards();

  /** The records of a shard, in order. */
  List<StoredRecord> records(String shard);

  /** One shard, which there must be. */
  default Shard shard(String id) {
    return shards().stream().filter(shard -> shard.id().equals(id)).findFirst().orElseThrow();
  }

  /** The number of records. */
  default long count() {
    return shards().stream().mapToLong(Shard::count).sum();
  }

  /** Everything, in the oracle's words. */
  default GroundTruth truth() {
    return new GroundTruth(
        shards().stream()
            .map(
                shard ->
                    new ShardTruth(
                        shard.id(),
                        shard.parents(),
                        records(shard.id()).stream()
                            .map(record -> new Written(record.sequence(), record.key()))
                            .toList()))
            .toList());
  }

  /** A topic of DataHub. */
  record Topic(TopicView topic) implements StoredStream {

    @Override
    public List<Shard> shards() {
      return topic.shards().stream()
          .map(
              shard ->
                  new Shard(
                      shard.id(),
                      !shard.closed(),
                      shard.parents(),
                      shard.nextSequence(),
                      shard.count()))
          .toList();
    }

    @Override
    public List<StoredRecord> records(String shard) {
      return topic.records(shard).stream()
          .map(
              record ->
                  new StoredRecord(record.sequence(), record.systemTime(), record.partitionKey()))
          .toList();
    }
  }

  /** A stream of DIS, whose partitions continue no others. */
  record Partitions(StreamView stream) implements StoredStream {

    @Override
    public List<Shard> shards() {
      return stream.partitions().stream()
          .map(
              partition ->
                  new Shard(
                      partition.id(),
                      partition.state().equals("ACTIVE"),
                      List.of(),
                      partition.next(),
                      partition.count()))
          .toList();
    }

    @Override
    public List<StoredRecord> records(String partition) {
      return stream.records(partition).stream()
          .map(record -> new StoredRecord(record.sequence(), record.time(), record.partitionKey()))
          .toList();
    }
  }
}
