// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import io.millrace.emulator.ForwardClock;
import io.millrace.emulator.datahub.ShardLog.Incoming;
import io.millrace.emulator.datahub.Topic.ExpandMode;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** The projects with their topics, all in memory. Safe for use by several threads. */
final class DataHubStore {

  private final ForwardClock clock;
  private final int mostShards;
  private final OffsetJournal offsets;
  private final Map<String, Project> projects = new ConcurrentSkipListMap<>();
  private volatile boolean splitGuard;

  DataHubStore(InstantSource clock, boolean splitGuard, int mostShards, OffsetJournal offsets) {
    this.clock = new ForwardClock(clock);
    this.splitGuard = splitGuard;
    this.mostShards = mostShards;
    this.offsets = offsets;
  }

  /** A project. */
  record Project(String name, String comment, long createdAt, Map<String, Topic> topics) {}

  void setSplitGuard(boolean on) {
    splitGuard = on;
  }

  /** What is done to the offsets of all subscriptions. */
  OffsetJournal offsets() {
    return offsets;
  }

  ForwardClock clock() {
    return clock;
  }

  List<String> projects() {
    return List.copyOf(projects.keySet());
  }

  Project project(String name) {
    Project project = projects.get(name);
    if (project == null) {
      throw DataHubException.noSuchProject();
    }
    return project;
  }

  void createProject(String name, String comment) {
    if (!name.matches("[A-Za-z][A-Za-z0-9_]{2,31}")) {
      throw DataHubException.invalidParameter("Invalid project name: " + name);
    }
    Project created = new Project(name, comment, clock.millis(), new ConcurrentSkipListMap<>());
    if (projects.putIfAbsent(name, created) != null) {
      throw DataHubException.exists("ProjectAlreadyExist", "The specified project already exists.");
    }
  }

  void deleteProject(String name) {
    if (!project(name).topics().isEmpty()) {
      throw new DataHubException("OperationDenied", "The project still has topics.");
    }
    projects.remove(name);
  }

  Topic topic(String project, String name) {
    Topic topic = project(project).topics().get(name);
    if (topic == null) {
      throw DataHubException.noSuchTopic();
    }
    return topic;
  }

  Topic createTopic(
      String project,
      String name,
      TopicSchema schema,
      int shards,
      int lifecycleDays,
      String comment,
      ExpandMode expandMode) {
    if (!name.matches("[A-Za-z][A-Za-z0-9_]{0,127}")) {
      throw DataHubException.invalidParameter("Invalid topic name: " + name);
    }
    Topic created =
        new Topic(
            project,
            name,
            schema,
            shards,
            lifecycleDays,
            comment,
            expandMode,
            mostShards,
            clock,
            () -> splitGuard);
    if (project(project).topics().putIfAbsent(name, created) != null) {
      throw DataHubException.exists("TopicAlreadyExist", "The specified topic already exists.");
    }
    return created;
  }

  void deleteTopic(String project, String name) {
    if (project(project).topics().remove(name) == null) {
      throw DataHubException.noSuchTopic();
    }
  }

  /** Puts a record where it says: into its shard, where its key leads, or where it is the turn. */
  void put(Topic topic, RecordEntry entry) {
    Incoming incoming = incoming(topic, entry);
    if (entry.hasShardId() && !entry.getShardId().isEmpty()) {
      topic.shard(entry.getShardId()).append(List.of(incoming), clock.millis());
    } else if (entry.hasHashKey() && !entry.getHashKey().isEmpty()) {
      topic.append(incoming, KeyRange.parse(entry.getHashKey()));
    } else if (!incoming.partitionKey().isEmpty()) {
      topic.append(incoming, KeyRange.hash(incoming.partitionKey()));
    } else {
      topic.append(incoming);
    }
  }

  /** Puts records into one shard, all or none; together under one sequence or each with its own. */
  void put(Topic topic, String shard, List<RecordEntry> entries, boolean together) {
    List<Incoming> incoming = entries.stream().map(entry -> incoming(topic, entry)).toList();
    if (together) {
      topic.shard(shard).appendTogether(incoming, clock.millis());
    } else {
      topic.shard(shard).append(incoming, clock.millis());
    }
  }

  private static Incoming incoming(Topic topic, RecordEntry entry) {
    return new Incoming(RecordCodec.held(entry, topic.schema()), entry.getPartitionKey());
  }
}
