// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An app: what it has consumed of each partition of each stream. Safe for several threads. */
final class ConsumerApp {

  private final String name;
  private final String id;
  private final long createdAt;
  private final Map<String, Map<String, Checkpoint>> byStream = new TreeMap<>();

  ConsumerApp(String name, String id, long createdAt) {
    this.name = name;
    this.id = id;
    this.createdAt = createdAt;
  }

  /** What a client has stored. */
  record Checkpoint(long sequence, String metadata) {}

  String name() {
    return name;
  }

  String id() {
    return id;
  }

  long createdAt() {
    return createdAt;
  }

  synchronized void commit(String stream, String partition, Checkpoint checkpoint) {
    byStream.computeIfAbsent(stream, each -> new TreeMap<>()).put(partition, checkpoint);
  }

  synchronized Optional<Checkpoint> checkpoint(String stream, String partition) {
    return Optional.ofNullable(checkpoints(stream).get(partition));
  }

  /** By partition. */
  synchronized Map<String, Checkpoint> checkpoints(String stream) {
    return Map.copyOf(byStream.getOrDefault(stream, Map.of()));
  }

  /** The streams of which it has a checkpoint. */
  synchronized List<String> streams() {
    return List.copyOf(byStream.keySet());
  }

  /** Forgets one partition of a stream, or all of them; false if there was nothing. */
  synchronized boolean forget(String stream, Optional<String> partition) {
    Map<String, Checkpoint> known = byStream.get(stream);
    if (known == null) {
      return false;
    }
    boolean there = partition.isEmpty() ? !known.isEmpty() : known.remove(partition.get()) != null;
    if (partition.isEmpty() || known.isEmpty()) {
      byStream.remove(stream);
    }
    return there;
  }
}
