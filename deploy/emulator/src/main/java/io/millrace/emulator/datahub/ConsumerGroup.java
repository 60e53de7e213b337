// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The consumers that share a subscription's shards among them. Each gets its part with its
 * heartbeats; a shard moves on only when its holder has let go of it, and a child only begins when
 * its parents have been read to the end. Safe for use by several threads.
 */
final class ConsumerGroup {

  private static final long SHORTEST_SESSION = 60_000;
  private static final long LONGEST_SESSION = 180_000;

  private final String subscription;
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Set<String> readToTheEnd = new HashSet<>();
  private List<String> planned = List.of();
  private long joined;
  private long planVersion;

  ConsumerGroup(String subscription) {
    this.subscription = subscription;
  }

  /** A consumer, until its session runs out. */
  private static final class Member {
    private final long sessionTimeout;
    private final Set<String> holds = new LinkedHashSet<>();
    private long lastSeen;

    Member(long sessionTimeout, long now) {
      this.sessionTimeout = sessionTimeout;
      this.lastSeen = now;
    }
  }

  /** What a consumer is to read. */
  record Plan(long version, List<String> shards, Map<String, List<String>> ofAll) {}

  /** Takes in a consumer; returns its id. */
  synchronized String join(long sessionTimeout, long now) {
    if (sessionTimeout < SHORTEST_SESSION || sessionTimeout > LONGEST_SESSION) {
      throw DataHubException.invalidParameter(
          "Invalid session timeout: "
              + sessionTimeout
              + "; "
              + SHORTEST_SESSION
              + " to "
              + LONGEST_SESSION
              + ".");
    }
    dropSilent(now);
    joined++;
    String id = subscription + "-" + joined;
    members.put(id, new Member(sessionTimeout, now));
    planVersion++;
    return id;
  }

  /** Keeps a consumer's session, and tells it what to read. */
  synchronized Plan heartbeat(
      String consumer, List<String> holds, List<String> ended, List<ShardLog> shards, long now) {
    Member member = alive(consumer, now);
    member.holds.clear();
    member.holds.addAll(holds);
    readToTheEnd.addAll(ended);
    Map<String, List<String>> plan = plan(shards);
    List<String> mine =
        plan.get(consumer).stream().filter(shard -> holder(shard, consumer).isEmpty()).toList();
    member.holds.addAll(mine);
    return new Plan(planVersion, mine, plan);
  }

  /** Takes note of what a consumer does not hold any more, and of what it has read to the end. */
  synchronized void sync(String consumer, List<String> released, List<String> ended, long now) {
    Member member = alive(consumer, now);
    released.forEach(member.holds::remove);
    ended.forEach(member.holds::remove);
    readToTheEnd.addAll(ended);
  }

  /** Lets a consumer go, with all it held. */
  synchronized void leave(String consumer, long now) {
    alive(consumer, now);
    members.remove(consumer);
    planVersion++;
  }

  private Member alive(String consumer, long now) {
    dropSilent(now);
    Member member = members.get(consumer);
    if (member == null) {
      throw new DataHubException("NoSuchConsumer", "The consumer does not exist: " + consumer);
    }
    member.lastSeen = now;
    return member;
  }

  private void dropSilent(long now) {
    if (members.values().removeIf(each -> now - each.lastSeen > each.sessionTimeout)) {
      planVersion++;
    }
  }

  private List<String> holder(String shard, String except) {
    return members.entrySet().stream()
        .filter(each -> !each.getKey().equals(except) && each.getValue().holds.contains(shard))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Deals the shards that may be read to the consumers, in turn. */
  private Map<String, List<String>> plan(List<ShardLog> shards) {
    Set<String> listed = new HashSet<>();
    shards.forEach(shard -> listed.add(shard.id()));
    List<String> readable = new ArrayList<>();
    for (ShardLog shard : shards) {
      boolean begins =
          shard.parents().stream()
              .allMatch(parent -> readToTheEnd.contains(parent) || !listed.contains(parent));
      if (begins && !readToTheEnd.contains(shard.id())) {
        readable.add(shard.id());
      }
    }
    if (!readable.equals(planned)) {
      planned = List.copyOf(readable);
      planVersion++;
    }
    Map<String, List<String>> plan = new LinkedHashMap<>();
    members.keySet().forEach(consumer -> plan.put(consumer, new ArrayList<>()));
    List<String> consumers = List.copyOf(members.keySet());
    for (int i = 0; i < readable.size(); i++) {
      plan.get(consumers.get(i % consumers.size())).add(readable.get(i));
    }
    return plan;
  }
}
