// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.TlsMaterial;
import io.millrace.emulator.auth.SdkHmacVerifier;
import io.millrace.emulator.dis.DisStream.Kind;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.http.LoopbackServer;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * DIS on loopback, in memory: what its SDKs may ask over HTTP, in any project, and what a test or
 * an operator needs besides. Safe for use by several threads.
 *
 * <p>Refusals of the methods here are {@link DisException}s with the service's own words.
 */
public final class DisEmulator implements AutoCloseable {

  private static final int RETENTION_HOURS = 24;

  private final DisStore store;
  private final Faults faults;
  private final LoopbackServer server;

  private DisEmulator(DisStore store, Faults faults, LoopbackServer server) {
    this.store = store;
    this.faults = faults;
    this.server = server;
  }

  /**
   * Starts it.
   *
   * @param keys looked up for every request
   * @param clock of record times, retention and the life of cursors, and of signatures
   * @param checkClock whether the date of a signature may not be 15 minutes off
   * @param mostPartitions that a stream may have at a time
   * @param journalTime microseconds, for {@link #commits}
   * @param workers for requests that a fault delays
   */
  public static DisEmulator start(
      int port,
      Optional<TlsMaterial> tls,
      Supplier<ServiceKeys> keys,
      Faults faults,
      InstantSource clock,
      boolean checkClock,
      int mostPartitions,
      LongSupplier journalTime,
      Executor workers) {
    DisStore store = new DisStore(clock, mostPartitions, journalTime);
    // Of what is put forward signatures know nothing: the callers' clocks stay as they are.
    SdkHmacVerifier verifier =
        new SdkHmacVerifier("dis", checkClock ? Optional.of(clock) : Optional.empty());
    LoopbackServer server =
        LoopbackServer.start(
            "dis", port, tls, new DisHandler(store, verifier, keys, faults, workers));
    return new DisEmulator(store, faults, server);
  }

  public URI endpoint() {
    return server.uri();
  }

  /** Creates a stream that keeps its records for a day. */
  public StreamView createStream(String name, int partitions) {
    return createStream(name, partitions, RETENTION_HOURS);
  }

  /** Creates a stream. */
  public StreamView createStream(String name, int partitions, int retentionHours) {
    return new StreamView(store.createStream(name, Kind.COMMON, partitions, retentionHours));
  }

  /** Deletes a stream with its records and checkpoints. */
  public void deleteStream(String name) {
    store.deleteStream(name);
  }

  /** A stream as it is at any later time. */
  public StreamView stream(String name) {
    return new StreamView(store.stream(name));
  }

  /** The names of all streams. */
  public List<String> streams() {
    return store.streams().stream().map(DisStream::name).toList();
  }

  /** Puts records one after another. */
  public void put(String stream, NewRecord... records) {
    put(stream, List.of(records));
  }

  /** Puts records one after another. */
  public void put(String stream, List<NewRecord> records) {
    DisStream to = store.stream(stream);
    records.forEach(record -> to.put(record, 0));
  }

  /**
   * Scales a stream to a number of active partitions. Fewer: the last ones are {@code DELETED} and
   * can be read until their records expire. More: those come back first, then there are new ones.
   */
  public void scale(String stream, int partitions) {
    store.stream(stream).scale(partitions);
  }

  /** Lets the records before a sequence expire, as the end of their life would. */
  public void expire(String stream, String partition, long beforeSequence) {
    store.stream(stream).partition(partition).expire(beforeSequence);
  }

  /** Puts the service's clock forward, so that records, partitions and cursors reach their age. */
  public void forward(Duration time) {
    store.clock().forward(time);
  }

  /** Creates an app. */
  public void createApp(String name) {
    store.createApp(name);
  }

  /** The names of all apps. */
  public List<String> apps() {
    return store.apps().stream().map(ConsumerApp::name).toList();
  }

  /** What an app has stored of a stream: a sequence by partition. */
  public Map<String, Long> checkpoints(String app, String stream) {
    Map<String, Long> sequences = new TreeMap<>();
    store
        .app(app)
        .checkpoints(stream)
        .forEach((partition, checkpoint) -> sequences.put(partition, checkpoint.sequence()));
    return sequences;
  }

  /** Stores a checkpoint, as any client may. */
  public void setCheckpoint(String app, String stream, String partition, long sequence) {
    store.commit(app, stream, partition, sequence, "");
  }

  /** Every checkpoint that was stored, in order. */
  public List<CheckpointCommit> commits() {
    return store.commits();
  }

  /** Whether a partition takes and gives no more in a second than DIS promises; off at first. */
  public void setThrottling(boolean on) {
    store.setThrottling(on);
  }

  /**
   * Whether a fetch at the end of a {@code DELETED} partition still gives a next cursor; off at
   * first. Which of the two the service does is not documented.
   */
  public void setCursorAtEnd(boolean on) {
    store.setCursorAtEnd(on);
  }

  /** Stops listening and cuts all connections. */
  public void goDown() {
    server.goDown();
  }

  /** Listens again on the same port. */
  public void comeUp() {
    server.comeUp();
  }

  /** The faults in force, of all services. */
  public Faults faults() {
    return faults;
  }

  @Override
  public void close() {
    server.close();
  }
}
