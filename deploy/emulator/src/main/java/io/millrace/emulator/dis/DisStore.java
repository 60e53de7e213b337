// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import io.millrace.emulator.ForwardClock;
import io.millrace.emulator.dis.ConsumerApp.Checkpoint;
import io.millrace.emulator.dis.DisStream.Kind;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** The streams and the apps, all in memory. Safe for use by several threads. */
final class DisStore {

  private final ForwardClock clock;
  private final int mostPartitions;
  private final LongSupplier journalTime;
  private final Map<String, DisStream> streams = new ConcurrentSkipListMap<>();
  private final Map<String, ConsumerApp> apps = new ConcurrentSkipListMap<>();
  private final List<CheckpointCommit> commits = new ArrayList<>();
  private final AtomicInteger ids = new AtomicInteger();
  private volatile boolean throttling;
  private volatile boolean cursorAtEnd;

  /**
   * @param mostPartitions that a stream may have at a time
   * @param journalTime microseconds, for {@link #commits}
   */
  DisStore(InstantSource clock, int mostPartitions, LongSupplier journalTime) {
    this.clock = new ForwardClock(clock);
    this.mostPartitions = mostPartitions;
    this.journalTime = journalTime;
  }

  ForwardClock clock() {
    return clock;
  }

  /** Whether a partition takes and gives no more in a second than DIS promises. */
  void setThrottling(boolean on) {
    throttling = on;
  }

  /** Bytes a second that a partition takes; 0 for any number. */
  long writeLimit(DisStream stream) {
    return throttling ? stream.kind().write() : 0;
  }

  /** Bytes a second that a partition gives; 0 for any number. */
  long readLimit(DisStream stream) {
    return throttling ? stream.kind().read() : 0;
  }

  /** Whether there is a next cursor also where nothing can follow any more. */
  boolean cursorAtEnd() {
    return cursorAtEnd;
  }

  void setCursorAtEnd(boolean on) {
    cursorAtEnd = on;
  }

  // ---- streams ----

  List<DisStream> streams() {
    return List.copyOf(streams.values());
  }

  DisStream stream(String name) {
    DisStream stream = streams.get(name);
    if (stream == null) {
      throw DisException.noSuchStream(name);
    }
    return stream;
  }

  DisStream createStream(String name, Kind kind, int partitions, int retentionHours) {
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw DisException.invalidRequest("Invalid stream_name " + name + ".");
    }
    DisStream created =
        new DisStream(
            name, newId("stream"), kind, partitions, mostPartitions, retentionHours, clock);
    if (streams.putIfAbsent(name, created) != null) {
      throw DisException.streamExists(name);
    }
    return created;
  }

  void deleteStream(String name) {
    if (streams.remove(name) == null) {
      throw DisException.noSuchStream(name);
    }
    apps.values().forEach(app -> app.forget(name, Optional.empty()));
  }

  // ---- apps ----

  List<ConsumerApp> apps() {
    return List.copyOf(apps.values());
  }

  ConsumerApp app(String name) {
    ConsumerApp app = apps.get(name);
    if (app == null) {
      throw DisException.noSuchApp(name);
    }
    return app;
  }

  void createApp(String name) {
    if (!name.matches("[A-Za-z0-9_-]{1,200}")) {
      throw DisException.invalidRequest("Invalid app_name " + name + ".");
    }
    if (apps.putIfAbsent(name, new ConsumerApp(name, newId("app"), clock.millis())) != null) {
      throw DisException.appExists(name);
    }
  }

  void deleteApp(String name) {
    app(name);
    apps.remove(name);
  }

  void commit(String app, String stream, String partition, long sequence, String metadata) {
    ConsumerApp by = app(app);
    String id = stream(stream).partition(partition).id();
    synchronized (commits) {
      by.commit(stream, id, new Checkpoint(sequence, metadata));
      commits.add(
          new CheckpointCommit(journalTime.getAsLong(), app, stream, id, sequence, metadata));
    }
  }

  /** All commits in their order. */
  List<CheckpointCommit> commits() {
    synchronized (commits) {
      return List.copyOf(commits);
    }
  }

  private String newId(String of) {
    return of + String.format("%08d", ids.incrementAndGet());
  }
}
