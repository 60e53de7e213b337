// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ShardRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is emitted of what was fetched, when shards are moved meanwhile. */
class PortionsTest {

  private final Moves moves = new Moves();
  private final List<Portion> done = new ArrayList<>();

  private static Portion portion(String shard, int epoch, long... sequences) {
    int lane = Integer.parseInt(shard);
    List<ShardRecord> records =
        LongStream.of(sequences)
            .mapToObj(sequence -> new ShardRecord(shard, lane, sequence, 0, 0, new byte[1], false))
            .toList();
    return new Portion(
        shard, records, records.size(), epoch, new ShardProgress(lane, 0, 0, 0, List.of()));
  }

  private Portions portions(Portion... portions) {
    return new Portions(List.of(portions), Set.of(), moves, done::add);
  }

  private static List<Long> rest(Portions portions) {
    List<Long> sequences = new ArrayList<>();
    for (ShardRecord record = portions.nextRecordFromSplit();
        record != null;
        record = portions.nextRecordFromSplit()) {
      sequences.add(record.sequence());
    }
    return sequences;
  }

  private static List<Long> all(Portions portions) {
    List<Long> sequences = new ArrayList<>();
    while (portions.nextSplit() != null) {
      sequences.addAll(rest(portions));
    }
    return sequences;
  }

  @Test
  void whatWasFetchedBeforeAMoveIsDropped() {
    Portions portions = portions(portion("1", 0, 5, 6), portion("1", 0, 7));
    int epoch = moves.begin("1");
    assertThat(all(portions)).isEmpty();
    assertThat(done).as("their room is given back").hasSize(2);
    assertThat(all(portions(portion("1", epoch, 2, 3)))).containsExactly(2L, 3L);
  }

  @Test
  void aMoveBetweenTwoRecordsDropsTheSecond() {
    Portions portions = portions(portion("1", 0, 5, 6, 7), portion("1", 0, 8));
    assertThat(portions.nextSplit()).isEqualTo("1");
    assertThat(portions.nextRecordFromSplit().sequence()).isEqualTo(5);
    moves.begin("1");
    assertThat(rest(portions)).isEmpty();
    assertThat(all(portions)).isEmpty();
  }

  @Test
  void everyMoveBeginsAnotherEpoch() {
    int first = moves.begin("1");
    int second = moves.begin("1");
    assertThat(all(portions(portion("1", first, 5), portion("1", second, 9)))).containsExactly(9L);
  }

  @Test
  void aMoveOfAnotherShardDropsNothing() {
    Portions portions = portions(portion("1", 0, 5, 6), portion("2", 0, 3));
    moves.begin("2");
    assertThat(all(portions)).containsExactly(5L, 6L);
  }
}
