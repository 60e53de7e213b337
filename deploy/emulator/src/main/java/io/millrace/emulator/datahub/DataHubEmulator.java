// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.TlsMaterial;
import io.millrace.emulator.datahub.Topic.ExpandMode;
import io.millrace.emulator.datahub.TopicSchema.Column;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.http.LoopbackServer;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * DataHub on loopback, in memory: what its SDK may ask over HTTP, and what a test or an operator
 * needs besides. Safe for use by several threads.
 *
 * <p>Refusals of the methods here are {@link DataHubException}s with the service's own words.
 */
public final class DataHubEmulator implements AutoCloseable {

  private final DataHubStore store;
  private final Faults faults;
  private final LoopbackServer server;

  private DataHubEmulator(DataHubStore store, Faults faults, LoopbackServer server) {
    this.store = store;
    this.faults = faults;
    this.server = server;
  }

  /**
   * Starts it.
   *
   * @param keys looked up for every request
   * @param clock of system times, lifecycles and the split guard
   * @param splitGuard whether a shard may only be split or merged 5 s after it was made
   * @param mostShards that a topic may have at a time
   * @param offsets gets what is done to the offsets of subscriptions
   * @param workers for requests that a fault delays
   */
  public static DataHubEmulator start(
      int port,
      Optional<TlsMaterial> tls,
      Supplier<ServiceKeys> keys,
      Faults faults,
      InstantSource clock,
      boolean splitGuard,
      int mostShards,
      OffsetJournal offsets,
      Executor workers) {
    DataHubStore store = new DataHubStore(clock, splitGuard, mostShards, offsets);
    LoopbackServer server =
        LoopbackServer.start(
            "datahub", port, tls, new DataHubHandler(store, keys, faults, workers));
    return new DataHubEmulator(store, faults, server);
  }

  public URI endpoint() {
    return server.uri();
  }

  /** Creates a project; one that exists is left as it is. */
  public void createProject(String project) {
    if (!store.projects().contains(project)) {
      store.createProject(project, "");
    }
  }

  /** Creates a topic, and its project if need be. */
  public TopicView createTopic(
      String project, String topic, TopicSchema schema, int shards, int lifecycleDays) {
    createProject(project);
    return new TopicView(
        store.createTopic(
            project, topic, schema, shards, lifecycleDays, "", ExpandMode.SPLIT_EXTEND));
  }

  /** Deletes a topic with its records. */
  public void deleteTopic(String project, String topic) {
    store.deleteTopic(project, topic);
  }

  /** A topic as it is at any later time. */
  public TopicView topic(String project, String topic) {
    Topic found = store.topic(project, topic);
    found.expireOld();
    return new TopicView(found);
  }

  /** The names of all topics of all projects, as {@code project/topic}. */
  public List<String> topics() {
    return store.projects().stream()
        .flatMap(
            project ->
                store.project(project).topics().keySet().stream()
                    .map(topic -> project + "/" + topic))
        .toList();
  }

  /** Puts records one after another. */
  public void put(String project, String topic, NewRecord... records) {
    put(project, topic, List.of(records));
  }

  /** Puts records one after another. */
  public void put(String project, String topic, List<NewRecord> records) {
    Topic to = store.topic(project, topic);
    for (NewRecord record : records) {
      store.put(to, RecordCodec.entry(record));
    }
  }

  /** Puts records into a shard as one block of the binary transfer: they share one sequence. */
  public void putTogether(String project, String topic, String shard, List<NewRecord> records) {
    store.put(
        store.topic(project, topic),
        shard,
        records.stream().map(RecordCodec::entry).toList(),
        true);
  }

  /** Adds columns to a TUPLE topic, which may be null; what was put before is left as it is. */
  public void appendColumns(String project, String topic, Column... columns) {
    store.topic(project, topic).append(List.of(columns));
  }

  /** Puts the service's clock forward, so that records and closed shards reach their age. */
  public void forward(Duration time) {
    store.clock().forward(time);
  }

  /**
   * Splits a shard in the middle.
   *
   * @return the ids of its two children
   */
  public List<String> splitShard(String project, String topic, String shard) {
    return store.topic(project, topic).split(shard).stream().map(ShardLog::id).toList();
  }

  /**
   * Merges two adjacent shards.
   *
   * @return the id of their child
   */
  public String mergeShards(String project, String topic, String shard, String adjacent) {
    return store.topic(project, topic).merge(shard, adjacent).id();
  }

  /** Adds shards without parents until a number is active. */
  public void extendShards(String project, String topic, int number) {
    store.topic(project, topic).extendTo(number);
  }

  /** Lets the records before a sequence expire, as the end of their lifecycle would. */
  public void expire(String project, String topic, String shard, long beforeSequence) {
    store.topic(project, topic).shard(shard).expire(beforeSequence);
  }

  /** Whether a shard may only be split or merged 5 s after it was made. */
  public void setSplitGuard(boolean on) {
    store.setSplitGuard(on);
  }

  /** Creates a subscription and tells its id. */
  public String subscribe(String project, String topic, String comment) {
    return store.topic(project, topic).subscribe(comment, false, store.offsets()).id();
  }

  /** Opens a session of a shard, as another consumer would: the one before it ends. */
  public void openSession(String project, String topic, String subscription, String shard) {
    store.topic(project, topic).subscription(subscription).open(List.of(shard));
  }

  /**
   * Resets the offset of a shard by hand: the record of this sequence counts as consumed.
   *
   * @param timestamp of that record
   */
  public void resetOffset(
      String project,
      String topic,
      String subscription,
      String shard,
      long timestamp,
      long sequence) {
    store
        .topic(project, topic)
        .subscription(subscription)
        .reset(
            Map.of(
                shard,
                new Subscription.Commit(
                    timestamp, sequence, 0, OptionalLong.empty(), OptionalLong.empty())));
  }

  /** What was done to the offsets of all subscriptions. */
  public OffsetJournal offsets() {
    return store.offsets();
  }

  /** Stops listening and cuts all connections. */
  public void goDown() {
    server.goDown();
  }

  /** Listens again on the same port. */
  public void comeUp() {
    server.comeUp();
  }

  /** The faults in force, of both services. */
  public Faults faults() {
    return faults;
  }

  @Override
  public void close() {
    server.close();
  }
}
