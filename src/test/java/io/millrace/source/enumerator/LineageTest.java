// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Position;
import io.millrace.model.Shard;
import io.millrace.model.StartPosition;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LineageTest {

  private static final StartPosition EARLIEST = new StartPosition.Earliest();

  private final Lineage lineage = new Lineage(List.of(), false);

  private static Shard shard(int ordinal, boolean open, String... parents) {
    return new Shard(Integer.toString(ordinal), ordinal, List.of(parents), true, open);
  }

  private static final StartPosition PINNED =
      new StartPosition.After(new Position(4, Integer.MAX_VALUE, 0));

  private List<String> started(Lineage of) {
    of.unpinned().forEach(shard -> of.pin(shard.id(), PINNED));
    return of.startable().stream().map(TrackedShard::id).toList();
  }

  private void drainDurably(String id, long checkpoint) {
    lineage.drained(id, new StartPosition.Earliest());
    lineage.snapshotted(checkpoint);
    lineage.completed(checkpoint);
  }

  @Test
  void beginsChildrenAfterAllTheirParents() {
    lineage.begin(
        List.of(shard(0, false), shard(1, false), shard(2, true, "0", "1"), shard(3, true)),
        EARLIEST,
        Map.of());
    assertThat(started(lineage)).containsExactly("0", "1", "3");
    drainDurably("0", 1);
    assertThat(started(lineage)).isEmpty();
    drainDurably("1", 2);
    assertThat(started(lineage)).containsExactly("2");
    assertThat(started(lineage)).isEmpty();
  }

  @Test
  void takesAShardForDrainedOnlyThroughACheckpointTakenAfterwards() {
    lineage.begin(List.of(shard(0, false), shard(1, true, "0")), EARLIEST, Map.of());
    assertThat(started(lineage)).containsExactly("0");
    lineage.snapshotted(1);
    lineage.drained("0", new StartPosition.Earliest());
    assertThat(lineage.completed(1)).isEmpty();
    assertThat(started(lineage)).isEmpty();
    lineage.snapshotted(2);
    lineage.snapshotted(3);
    // Checkpoint 2 was aborted; 3 has it too.
    assertThat(lineage.completed(3)).containsExactly("0");
    assertThat(started(lineage)).containsExactly("1");
  }

  @Test
  void readsTheEndAgainAfterAFailureThatComesBeforeTheCheckpoint() {
    lineage.begin(List.of(shard(0, false), shard(1, true, "0")), EARLIEST, Map.of());
    started(lineage);
    lineage.drained("0", new StartPosition.Earliest());
    lineage.snapshotted(1);
    lineage.setBack("0");
    assertThat(lineage.state("0")).contains(ShardState.READING);
    assertThat(lineage.completed(1)).isEmpty();
    lineage.snapshotted(2);
    assertThat(lineage.completed(2)).isEmpty();
    assertThat(started(lineage)).isEmpty();
    drainDurably("0", 3);
    assertThat(started(lineage)).containsExactly("1");
  }

  @Test
  void doesNotTakeBackWhatIsDurable() {
    lineage.begin(List.of(shard(0, false)), EARLIEST, Map.of());
    started(lineage);
    drainDurably("0", 1);
    lineage.setBack("0");
    assertThat(lineage.isDurablyDrained("0")).isTrue();
  }

  @Test
  void takesAParentThatIsNotListedAndNotKnownForGone() {
    lineage.begin(List.of(shard(5, true, "1")), EARLIEST, Map.of());
    assertThat(started(lineage)).containsExactly("5");
  }

  @Test
  void waitsForAParentThatIsReadThoughTheStreamListsItNoMore() {
    lineage.begin(List.of(shard(0, true)), EARLIEST, Map.of());
    started(lineage);
    lineage.listed(List.of(shard(1, true, "0")));
    assertThat(started(lineage)).isEmpty();
    drainDurably("0", 1);
    assertThat(started(lineage)).containsExactly("1");
  }

  @Test
  void waitsForAShardThatIsStillPrepared() {
    Shard prepared = new Shard("0", 0, List.of(), false, true);
    lineage.begin(List.of(prepared), EARLIEST, Map.of());
    assertThat(started(lineage)).isEmpty();
    lineage.listed(List.of(shard(0, true)));
    assertThat(started(lineage)).containsExactly("0");
  }

  @Test
  void readsOnlyOpenShardsFromLatest() {
    StartPosition behind = new StartPosition.After(new Position(7, 0, 70));
    lineage.begin(
        List.of(shard(0, false), shard(1, true, "0"), new Shard("2", 2, List.of(), false, true)),
        new StartPosition.Latest(),
        Map.of("1", behind));
    assertThat(lineage.isDurablyDrained("0")).isTrue();
    assertThat(lineage.startable())
        .containsExactly(
            new TrackedShard(
                "1", Placement.laneKey(1, 1024), List.of("0"), behind, ShardState.NEW));
    lineage.listed(List.of(shard(1, true, "0"), shard(2, true), shard(3, true)));
    assertThat(lineage.unpinned()).allMatch(shard -> shard.start().equals(EARLIEST)).hasSize(2);
  }

  @Test
  void readsShardsOfTheFirstListingFromTheTimeAskedForAndLaterOnesFromTheirBeginning() {
    StartPosition noon = new StartPosition.At(1_200);
    lineage.begin(List.of(shard(0, true)), noon, Map.of());
    assertThat(lineage.startable()).extracting(TrackedShard::start).containsExactly(noon);
    lineage.listed(List.of(shard(0, true), shard(1, true)));
    assertThat(lineage.unpinned()).extracting(TrackedShard::start).containsExactly(EARLIEST);
  }

  @Test
  void goesOnAfterARestoreWithWhatIsDurable() {
    lineage.begin(
        List.of(shard(0, false), shard(1, false), shard(2, true, "0", "1")), EARLIEST, Map.of());
    started(lineage);
    drainDurably("0", 1);
    Lineage restored = new Lineage(lineage.shards(), false);
    assertThat(restored.isDurablyDrained("0")).isTrue();
    assertThat(restored.state("1")).contains(ShardState.READING);
    restored.drained("1", new StartPosition.Earliest());
    restored.snapshotted(2);
    restored.completed(2);
    assertThat(started(restored)).as("before the first listing").isEmpty();
    restored.listed(List.of(shard(1, false), shard(2, true, "0", "1")));
    assertThat(started(restored)).containsExactly("2");
  }

  @Test
  void forgetsDrainedShardsThatAreGoneOnceNobodyWaitsForThem() {
    lineage.begin(List.of(shard(0, false), shard(1, true, "0")), EARLIEST, Map.of());
    started(lineage);
    drainDurably("0", 1);
    lineage.listed(List.of(shard(1, true, "0")));
    assertThat(lineage.state("0")).as("its child has not begun").contains(ShardState.DRAINED);
    assertThat(started(lineage)).containsExactly("1");
    lineage.listed(List.of(shard(1, true, "0")));
    assertThat(lineage.state("0")).isEmpty();
  }

  @Test
  void beginsAShardThatLeftTheListingBeforeItsTurn() {
    lineage.begin(
        List.of(shard(0, false), shard(1, false, "0"), shard(2, true, "1")), EARLIEST, Map.of());
    assertThat(started(lineage)).containsExactly("0");
    lineage.listed(List.of(shard(0, false), shard(2, true, "1")));
    assertThat(started(lineage)).as("its parent is read").isEmpty();
    drainDurably("0", 1);
    assertThat(started(lineage)).containsExactly("1");
    drainDurably("1", 2);
    assertThat(started(lineage)).containsExactly("2");
  }

  @Test
  void takesNothingForGoneBeforeTheFirstListingAfterARestore() {
    lineage.begin(List.of(shard(0, false), shard(1, false, "0")), EARLIEST, Map.of());
    started(lineage);
    drainDurably("0", 1);
    Lineage restored = new Lineage(lineage.shards(), false);
    assertThat(started(restored)).isEmpty();
    restored.listed(List.of());
    assertThat(started(restored)).containsExactly("1");
  }

  @Test
  void beginsAShardThatHadToWaitOnlyWhereItWasPinned() {
    lineage.begin(List.of(shard(0, false), shard(1, true, "0")), EARLIEST, Map.of());
    assertThat(lineage.unpinned()).extracting(TrackedShard::id).containsExactly("1");
    assertThat(lineage.startable()).extracting(TrackedShard::start).containsExactly(EARLIEST);
    drainDurably("0", 1);
    lineage.listed(List.of(shard(1, true, "0"), shard(2, true)));
    assertThat(lineage.startable()).isEmpty();
    lineage.pin("1", PINNED);
    assertThat(lineage.startable()).extracting(TrackedShard::start).containsExactly(PINNED);
    assertThat(lineage.unpinned()).extracting(TrackedShard::id).containsExactly("2");
    lineage.pin("1", EARLIEST);
    assertThat(lineage.state("1")).as("it has begun").contains(ShardState.READING);
  }

  @Test
  void doesNotWaitForThePinningOfAShardThatIsGone() {
    lineage.begin(List.of(), EARLIEST, Map.of());
    lineage.listed(List.of(shard(0, false)));
    assertThat(lineage.startable()).isEmpty();
    lineage.listed(List.of());
    assertThat(lineage.unpinned()).isEmpty();
    assertThat(lineage.startable()).extracting(TrackedShard::start).containsExactly(EARLIEST);
  }

  // ---- streams whose shards can be open again ----

  private static final StartPosition BEHIND = new StartPosition.After(new Position(9, 0, 0));

  private static void drainDurably(Lineage of, String id, StartPosition next, long checkpoint) {
    of.drained(id, next);
    of.snapshotted(checkpoint);
    of.completed(checkpoint);
  }

  @Test
  void readsAShardThatIsOpenAgainBehindItsLastRecord() {
    Lineage reopening = new Lineage(List.of(), true);
    reopening.begin(List.of(shard(0, true)), EARLIEST, Map.of());
    assertThat(started(reopening)).containsExactly("0");
    reopening.listed(List.of(shard(0, false)));
    drainDurably(reopening, "0", BEHIND, 1);
    reopening.listed(List.of(shard(0, false)));
    assertThat(reopening.startable()).as("it is still closed").isEmpty();
    reopening.listed(List.of(shard(0, true)));
    assertThat(reopening.unpinned()).isEmpty();
    assertThat(reopening.startable()).extracting(TrackedShard::start).containsExactly(BEHIND);
    assertThat(reopening.state("0")).contains(ShardState.READING);
    reopening.listed(List.of(shard(0, true)));
    assertThat(reopening.startable()).as("it is being read").isEmpty();
  }

  @Test
  void waitsWithAShardThatIsOpenAgainUntilItsEndIsDurable() {
    Lineage reopening = new Lineage(List.of(), true);
    reopening.begin(List.of(shard(0, true)), EARLIEST, Map.of());
    started(reopening);
    reopening.drained("0", BEHIND);
    reopening.listed(List.of(shard(0, true)));
    assertThat(reopening.startable()).isEmpty();
    reopening.snapshotted(1);
    assertThat(reopening.completed(1)).containsExactly("0");
    reopening.listed(List.of(shard(0, true)));
    assertThat(reopening.startable()).extracting(TrackedShard::start).containsExactly(BEHIND);
  }

  @Test
  void goesOnBehindTheLastRecordAfterARestoreToo() {
    Lineage reopening = new Lineage(List.of(), true);
    reopening.begin(List.of(shard(0, true)), EARLIEST, Map.of());
    started(reopening);
    drainDurably(reopening, "0", BEHIND, 1);
    Lineage restored = new Lineage(reopening.shards(), true);
    restored.listed(List.of(shard(0, true)));
    assertThat(restored.startable()).extracting(TrackedShard::start).containsExactly(BEHIND);
  }

  @Test
  void leavesOutWhatAClosedShardHeldBeforeTheLatest() {
    StartPosition latest = new StartPosition.Latest();
    Lineage reopening = new Lineage(List.of(), true);
    assertThat(reopening.needsResolving(shard(0, false), latest)).isTrue();
    assertThat(lineage.needsResolving(shard(0, false), latest)).isFalse();
    reopening.begin(List.of(shard(0, false)), latest, Map.of("0", BEHIND));
    assertThat(started(reopening)).isEmpty();
    reopening.listed(List.of(shard(0, true)));
    assertThat(reopening.startable()).extracting(TrackedShard::start).containsExactly(BEHIND);
  }

  @Test
  void takesAListingThatIsBehindTheTimesForNothingWhereShardsStayClosed() {
    lineage.begin(List.of(shard(0, true)), EARLIEST, Map.of());
    started(lineage);
    drainDurably("0", 1);
    lineage.listed(List.of(shard(0, true)));
    assertThat(lineage.startable()).isEmpty();
    assertThat(lineage.isDurablyDrained("0")).isTrue();
  }
}
