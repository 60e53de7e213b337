// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.source.runtime.KeyGroups;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlacementTest {

  private static final int MAX = Placement.MAX_PARALLELISM;

  @Test
  void spreadsAnyNumberOfShardsEvenly() {
    int[] lanes = IntStream.range(0, 512).map(ordinal -> Placement.laneKey(ordinal, MAX)).toArray();
    for (int parallelism = 1; parallelism <= 16; parallelism++) {
      int[] load = new int[parallelism];
      // Perfect where the parallelism is a power of two, close to it elsewhere.
      int tolerance = Integer.bitCount(parallelism) == 1 ? 1 : 5;
      for (int shards = 1; shards <= lanes.length; shards++) {
        load[Placement.owner(lanes[shards - 1], parallelism)]++;
        int most = Arrays.stream(load).max().orElseThrow();
        int least = Arrays.stream(load).min().orElseThrow();
        assertThat(most - least)
            .as("%d shards at parallelism %d", shards, parallelism)
            .isLessThanOrEqualTo(tolerance);
      }
    }
  }

  @Test
  void givesEachOrdinalItsOwnKeyInItsOwnKeyGroup() {
    Set<Integer> keys = new HashSet<>();
    for (int ordinal = 0; ordinal < 3 * MAX; ordinal++) {
      int key = Placement.laneKey(ordinal, MAX);
      assertThat(keys.add(key)).as("key of ordinal %d is new", ordinal).isTrue();
      assertThat(KeyGroups.of(key, MAX)).isEqualTo(Placement.keyGroup(ordinal, MAX));
    }
  }

  @Test
  void reversesTheBitsOfTheOrdinal() {
    assertThat(IntStream.range(0, 8).map(ordinal -> Placement.keyGroup(ordinal, MAX)))
        .containsExactly(0, 512, 256, 768, 128, 640, 384, 896);
    assertThat(Placement.keyGroup(MAX + 1, MAX)).isEqualTo(512);
  }

  /** The keys are in checkpoints: other keys would be other lanes. */
  @Test
  void keepsTheKeysThatAreInCheckpoints() {
    assertThat(IntStream.range(0, 8).map(ordinal -> Placement.laneKey(ordinal, MAX)))
        .containsExactly(451, 2340, 3592, 817, 570, 312, 2534, 398);
    assertThat(Placement.laneKey(MAX, MAX)).isEqualTo(4904);
  }

  @Test
  void refusesWhatCannotBePlaced() {
    assertThatThrownBy(() -> Placement.laneKey(-1, MAX)).hasMessage("ordinal -1 is negative");
    assertThatThrownBy(() -> Placement.laneKey(1, 1000))
        .hasMessage("maximum parallelism 1000 is not a power of two");
  }
}
