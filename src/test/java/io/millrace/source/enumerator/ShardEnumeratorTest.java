// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import io.millrace.source.FakeStream;
import io.millrace.source.StreamException.Kind;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardEnumeratorTest {

  private final FakeStream stream = FakeStream.withShards(2);

  @AfterEach
  void close() {
    stream.close();
  }

  private FakeRuntime runtime(StartPosition start) {
    FakeRuntime runtime = new FakeRuntime(stream, start, 2);
    runtime.registerAll();
    return runtime;
  }

  private static void tick(FakeRuntime runtime, int times) {
    for (int i = 0; i < times; i++) {
      runtime.tick();
    }
  }

  @Test
  void endsTheJobForGoodWhenTheStreamIsRefusedAtTheStart() {
    for (Kind kind : List.of(Kind.REFUSED, Kind.FATAL)) {
      stream.failListings(kind, 1);
      FakeRuntime runtime = runtime(new StartPosition.Earliest());
      assertThatThrownBy(runtime::tick)
          .isInstanceOf(SuppressRestartsException.class)
          .hasRootCauseMessage(stream.name() + ": " + kind);
    }
  }

  @Test
  void keepsTryingWhenTheStreamCannotBeReachedAtTheStart() {
    stream.failListings(Kind.UNAVAILABLE, 2);
    FakeRuntime runtime = runtime(new StartPosition.Earliest());
    tick(runtime, 1);
    assertThat(runtime.held()).isEmpty();
    tick(runtime, 20);
    assertThat(runtime.held()).containsOnlyKeys("0", "1");
  }

  @Test
  void readsOnWhateverListingSaysLater() {
    FakeRuntime runtime = runtime(new StartPosition.Earliest());
    tick(runtime, 1);
    String added = stream.addShard();
    for (Kind kind : EnumSet.complementOf(EnumSet.of(Kind.DATA_LOSS))) {
      stream.failListings(kind, 1);
    }
    tick(runtime, 5);
    assertThat(runtime.held()).containsOnlyKeys("0", "1");
    tick(runtime, 300);
    assertThat(runtime.held()).containsOnlyKeys("0", "1", added);
  }

  @Test
  void listsAtOnceWhenAShardHasEnded() {
    FakeRuntime runtime = runtime(new StartPosition.Earliest());
    tick(runtime, 1);
    stream.split("0");
    int listings = stream.listings();
    runtime.read(Placement.owner(Placement.laneKey(0, 1024), 2), "0", true);
    tick(runtime, 1);
    assertThat(stream.listings()).isEqualTo(listings + 1);
  }

  @Test
  void readersHearOfTheShardsThatWaitForTheirParents() throws IOException {
    FakeRuntime runtime = runtime(new StartPosition.Earliest());
    tick(runtime, 1);
    assertThat(runtime.waiting()).isEmpty();
    List<String> children = stream.split("0");
    tick(runtime, 300);
    assertThat(runtime.waiting())
        .containsOnlyKeys(children)
        .allSatisfy((child, parents) -> assertThat(parents).containsExactly("0"));
    runtime.read(Placement.owner(Placement.laneKey(0, 1024), 2), "0", true);
    tick(runtime, 1);
    assertThat(runtime.waiting()).as("till that is durable").containsOnlyKeys(children);
    assertThat(runtime.snapshot()).isTrue();
    runtime.complete();
    assertThat(runtime.waiting()).isEmpty();
    assertThat(runtime.held()).containsKeys(children.get(0), children.get(1));
  }

  @Test
  void assignsFromLatestOnlyWhatIsInACompletedCheckpoint() throws IOException {
    FakeRuntime runtime = runtime(new StartPosition.Latest());
    stream.putEverywhere(3);
    tick(runtime, 1);
    assertThat(runtime.held()).isEmpty();
    assertThat(runtime.snapshot()).isTrue();
    stream.putEverywhere(4);
    tick(runtime, 4);
    assertThat(runtime.held()).isEmpty();
    runtime.complete();
    assertThat(runtime.held().values()).hasSize(2).allMatch(s -> FakeRuntime.sequence(s) == 2);
  }

  @Test
  void aStreamThatWasMadeAnewEndsTheJobForGood() {
    FakeRuntime runtime = runtime(new StartPosition.Earliest());
    tick(runtime, 1);
    stream.failListings(Kind.DATA_LOSS, 1);
    assertThatThrownBy(() -> tick(runtime, 100)).isInstanceOf(SuppressRestartsException.class);
  }

  @Test
  void beginsAtTheSequencesGivenAndElsewhereAtTheOldest() {
    FakeRuntime runtime = runtime(new StartPosition.Sequences(Map.of("1", 2L)));
    stream.putEverywhere(5);
    tick(runtime, 1);
    assertThat(FakeRuntime.sequence(runtime.held().get("1"))).isEqualTo(1);
    assertThat(runtime.held().get("0").next()).isEqualTo(new StartPosition.Earliest());
  }

  @Test
  void refusesToBeginInAShardThatIsNotThere() {
    FakeRuntime runtime = runtime(new StartPosition.Sequences(Map.of("1", 2L, "7", 0L)));
    assertThatThrownBy(runtime::tick)
        .isInstanceOf(SuppressRestartsException.class)
        .hasRootCauseMessage(stream.name() + ": to begin in shards [7], but it has [0, 1]");
  }

  @Test
  void beginsBehindWhatTheSubscriptionSaysOnceThatIsDurable() throws IOException {
    FakeRuntime runtime = runtime(new StartPosition.Subscription());
    stream.putEverywhere(5);
    stream.consumed("0", new Position(3, 0, 0));
    tick(runtime, 1);
    assertThat(runtime.held()).isEmpty();
    runtime.snapshot();
    stream.consumed("0", new Position(4, 0, 0));
    runtime.complete();
    assertThat(FakeRuntime.sequence(runtime.held().get("0"))).isEqualTo(3);
    assertThat(runtime.held().get("1").next()).isEqualTo(new StartPosition.Earliest());
  }

  @Test
  void letsGoOfADrainedShardWhenThatIsDurable() throws IOException {
    FakeRuntime runtime = runtime(new StartPosition.Earliest());
    tick(runtime, 1);
    List<String> children = stream.split("0");
    runtime.read(Placement.owner(Placement.laneKey(0, 1024), 2), "0", true);
    tick(runtime, 1);
    runtime.snapshot();
    assertThat(runtime.held()).containsOnlyKeys("0", "1");
    runtime.complete();
    assertThat(runtime.held()).containsOnlyKeys("1", children.get(0), children.get(1));
  }

  @Test
  void declinesACheckpointWhileAReaderIsNotBack() throws IOException {
    FakeRuntime runtime = runtime(new StartPosition.Earliest());
    tick(runtime, 1);
    assertThat(runtime.snapshot()).isTrue();
    runtime.complete();
    runtime.fail(0);
    assertThat(runtime.snapshot()).isFalse();
    runtime.register(0);
    assertThat(runtime.snapshot()).isTrue();
    runtime.complete();
    runtime.restart(3);
    runtime.register(0);
    runtime.register(1);
    assertThat(runtime.snapshot()).isFalse();
    runtime.register(2);
    assertThat(runtime.snapshot()).isTrue();
  }

  @Test
  void holdsAShardBackThatWasFoundBeforeAMovingStartIsDurable() throws IOException {
    FakeRuntime runtime = runtime(new StartPosition.Latest());
    tick(runtime, 1);
    String added = stream.addShard();
    tick(runtime, 4);
    assertThat(runtime.held()).isEmpty();
    runtime.snapshot();
    runtime.complete();
    assertThat(runtime.held()).containsOnlyKeys("0", "1", added);
    String later = stream.addShard();
    tick(runtime, 4);
    assertThat(runtime.held()).containsOnlyKeys("0", "1", added, later);
  }

  @Test
  void beginsAChildThatLeftTheListingWhenItsParentIsDrained() throws IOException {
    FakeRuntime runtime = runtime(new StartPosition.Earliest());
    tick(runtime, 1);
    String child = stream.split("0").get(0);
    tick(runtime, 4);
    String grandchild = stream.split(child).get(0);
    tick(runtime, 4);
    stream.unlist(child);
    tick(runtime, 4);
    for (String shard : List.of("0", child)) {
      assertThat(runtime.held()).containsKey(shard).doesNotContainKey(grandchild);
      runtime.read(Placement.owner(runtime.held().get(shard), 2), shard, true);
      runtime.snapshot();
      runtime.complete();
    }
    assertThat(runtime.held()).containsKey(grandchild).doesNotContainKey(child);
  }

  @Test
  void aChildBeginsWhereItsRecordsBeganWhenItWasFound() throws IOException {
    FakeRuntime runtime = runtime(new StartPosition.Earliest());
    tick(runtime, 1);
    List<String> children = stream.split("0");
    stream.put(children.get(0), 5);
    stream.expire(children.get(0), 2);
    tick(runtime, 4);
    stream.expire(children.get(0), 3);
    stream.put(children.get(1), 3);
    runtime.read(Placement.owner(Placement.laneKey(0, 1024), 2), "0", true);
    runtime.snapshot();
    runtime.complete();
    runtime.restart(2);
    runtime.registerAll();
    tick(runtime, 1);
    assertThat(FakeRuntime.sequence(runtime.held().get(children.get(0)))).isEqualTo(1);
    assertThat(runtime.held().get(children.get(1)).next())
        .isEqualTo(new StartPosition.After(new Position(-1, Integer.MAX_VALUE, 0)));
  }

  @Test
  void aChildWhoseBeginningIsNotToldWaitsForTheNextListing() throws IOException {
    FakeRuntime runtime = runtime(new StartPosition.Earliest());
    tick(runtime, 1);
    String added = stream.addShard();
    stream.failPins(added, Kind.THROTTLED, 2);
    int listings = stream.listings();
    for (int failures = 1; failures <= 2; failures++) {
      while (stream.listings() < listings + failures) {
        tick(runtime, 1);
      }
      assertThat(runtime.held()).doesNotContainKey(added);
    }
    tick(runtime, 2);
    assertThat(runtime.held()).containsKey(added);
  }
}
