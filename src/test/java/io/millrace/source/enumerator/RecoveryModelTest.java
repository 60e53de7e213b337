// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Shard;
import io.millrace.model.StartPosition;
import io.millrace.source.FakeStream;
import io.millrace.source.ShardSplit;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * The enumerator under any sequence of what can happen to a job: readers come, fail and come back
 * alone, checkpoints are taken, completed or lost, the job restarts at another parallelism, shards
 * split and merge. Always: a split is with its owner or with nobody, once; no position goes back
 * behind the last completed checkpoint; no child begins before its parents' end is durable. At
 * last: every shard is read, and every ended one is let go.
 */
class RecoveryModelTest {

  @Property(tries = 400)
  void keepsEverySplitInOnePlace(
      @ForAll @IntRange(min = 1, max = 6) int shards,
      @ForAll @IntRange(min = 1, max = 4) int parallelism,
      @ForAll boolean latest,
      @ForAll @Size(max = 120) List<@IntRange(min = 0, max = 999) Integer> actions)
      throws IOException {
    try (FakeStream stream = FakeStream.withShards(shards)) {
      StartPosition start = latest ? new StartPosition.Latest() : new StartPosition.Earliest();
      FakeRuntime runtime = new FakeRuntime(stream, start, parallelism);
      Map<String, List<String>> parents = new HashMap<>();
      Set<String> begun = new HashSet<>();
      for (int action : actions) {
        act(stream, runtime, action / 20, action % 20);
        check(stream, runtime, parents, begun);
      }
      settle(stream, runtime, parents, begun);
    }
  }

  private static void act(FakeStream stream, FakeRuntime runtime, int which, int action)
      throws IOException {
    int subtask = which % runtime.parallelism();
    switch (action) {
      case 0, 1 -> runtime.tick();
      case 2 -> runtime.registerAll();
      case 3, 4, 5 -> runtime.register(subtask);
      case 6, 7 -> runtime.fail(subtask);
      case 8 -> runtime.restart(1 + which % 5);
      case 9 -> runtime.snapshot();
      case 10 -> runtime.complete();
      case 11, 12 -> {
        runtime.snapshot();
        runtime.complete();
      }
      case 13, 14 -> read(runtime, subtask, which, false);
      case 15, 16 -> read(runtime, subtask, which, true);
      case 17 -> openShards(stream).stream().skip(which % 3).findFirst().ifPresent(stream::split);
      case 18 -> {
        List<String> open = openShards(stream);
        if (open.size() > 1) {
          stream.merge(open.get(0), open.get(1));
        }
      }
      case 19 -> runtime.completeWhile(subtask);
      default -> throw new AssertionError(action);
    }
  }

  private static void read(FakeRuntime runtime, int subtask, int which, boolean toItsEnd) {
    List<ShardSplit> held = runtime.held(subtask);
    if (!held.isEmpty()) {
      runtime.read(subtask, held.get(which % held.size()).shard(), toItsEnd);
    }
  }

  private static List<String> openShards(FakeStream stream) {
    return stream.shardIds().stream().filter(shard -> !stream.isClosed(shard)).toList();
  }

  private static void check(
      FakeStream stream,
      FakeRuntime runtime,
      Map<String, List<String>> parents,
      Set<String> begun) {
    stream.client().shards().join().forEach(shard -> parents.put(shard.id(), shard.parents()));
    Map<String, ShardSplit> durable = runtime.durable();
    List<String> drained = runtime.durablyDrained();
    assertThat(runtime.durablyUnfinished())
        .as("a shard drained in a checkpoint is at its end in that checkpoint")
        .noneMatch(drained::contains);
    for (int subtask = 0; subtask < runtime.parallelism(); subtask++) {
      for (ShardSplit split : runtime.held(subtask)) {
        assertThat(Placement.owner(split, runtime.parallelism()))
            .as("owner of %s", split)
            .isEqualTo(subtask);
        ShardSplit restorable = durable.get(split.shard());
        if (restorable != null) {
          assertThat(FakeRuntime.sequence(split))
              .as("%s does not lie behind %s", split, restorable)
              .isGreaterThanOrEqualTo(FakeRuntime.sequence(restorable));
        }
        assertThat(drained)
            .as("parents of %s are drained durably", split)
            .containsAll(known(parents.get(split.shard()), begun));
      }
    }
    begun.addAll(runtime.held().keySet());
  }

  /** Parents that were begun; others were closed before a start at LATEST. */
  private static List<String> known(List<String> parents, Set<String> begun) {
    return parents.stream().filter(begun::contains).toList();
  }

  private static void settle(
      FakeStream stream, FakeRuntime runtime, Map<String, List<String>> parents, Set<String> begun)
      throws IOException {
    List<Shard> shards = stream.client().shards().join();
    for (int round = 0; round < 3 * shards.size() + 6; round++) {
      runtime.registerAll();
      for (int i = 0; i < 3; i++) {
        runtime.tick();
      }
      for (int subtask = 0; subtask < runtime.parallelism(); subtask++) {
        for (ShardSplit split : runtime.held(subtask)) {
          runtime.read(subtask, split.shard(), true);
        }
      }
      assertThat(runtime.snapshot()).as("a checkpoint is taken when all are back").isTrue();
      runtime.complete();
      check(stream, runtime, parents, begun);
    }
    List<String> open = shards.stream().filter(Shard::open).map(Shard::id).toList();
    assertThat(runtime.held()).containsOnlyKeys(open);
  }
}
