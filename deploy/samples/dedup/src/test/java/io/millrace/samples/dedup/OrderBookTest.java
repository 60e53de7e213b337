// SPDX-License-Identifier: Apache-2.0
package io.millrace.samples.dedup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderBookTest {

  @TempDir private Path directory;

  private static String event(String shard, long from, long to) {
    return LongStream.rangeClosed(from, to)
        .mapToObj(
            sequence ->
                "{\"eventId\":\"%s:%d\",\"data\":\"[\\\"order\\\",\\\"%d\\n\\\"]\"}"
                    .formatted(shard, sequence, sequence))
        .collect(Collectors.joining(",", "{\"records\":[", "]}"))
        .replace("\n", "\\n");
  }

  private String invoke(String event) throws IOException {
    // Each has an instance of its own, as in the cloud.
    return new OrderBook(directory).enter(event.getBytes(UTF_8));
  }

  private Path file(String shard) {
    return directory.resolve("shard-" + shard);
  }

  private List<Long> entered(String shard) throws IOException {
    return Files.readAllLines(file(shard)).stream()
        .map(line -> Long.valueOf(line.substring(0, line.indexOf('\t'))))
        .toList();
  }

  @Test
  void aRepeatedRecordHasNoSecondEffect() throws Exception {
    assertThat(invoke(event("0", 1, 3))).isEqualTo("{\"records\":3,\"entered\":3}");
    assertThat(invoke(event("0", 1, 3))).isEqualTo("{\"records\":3,\"entered\":0}");
    assertThat(invoke(event("0", 2, 5))).isEqualTo("{\"records\":4,\"entered\":2}");
    assertThat(entered("0")).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void aSequenceIsOfItsShardOnly() throws Exception {
    invoke(event("0", 1, 1));
    invoke(event("1", 1, 1));
    assertThat(entered("0")).containsExactly(1L);
    assertThat(entered("1")).containsExactly(1L);
  }

  @Test
  void bothCloudsEventsAreRead() throws Exception {
    String shard = "shardId-0000000002";
    String first =
        "{\"partition_key\":\"k\",\"data\":\"b25l\",\"sequence_number\":\"%d\"}".formatted(7);
    String second =
        "{\"partition_key\":\"k\",\"data\":\"dHdv\",\"sequence_number\":\"%d\"}".formatted(8);
    String event = "{\"ShardID\":\"%s\",\"Message\":{\"records\":[%s]},\"StreamName\":\"orders\"}";
    assertThat(invoke(event.formatted(shard, first))).isEqualTo("{\"records\":1,\"entered\":1}");
    assertThat(invoke(event.formatted(shard, first + "," + second)))
        .isEqualTo("{\"records\":2,\"entered\":1}");
    assertThat(Files.readString(file(shard))).isEqualTo("7\tb25l\n8\tdHdv\n");
  }

  @Test
  void whatWasEnteredIsKnownToTheNextProcess() throws Exception {
    invoke(event("0", 1, 3));
    ShardBook.forgetAll();
    invoke(event("0", 1, 4));
    assertThat(entered("0")).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void aWriteThatWasCutOffIsMadeAgain() throws Exception {
    invoke(event("0", 1, 2));
    ShardBook.forgetAll();
    Files.writeString(file("0"), "3\t[\"or", StandardOpenOption.APPEND);
    assertThat(invoke(event("0", 2, 3))).isEqualTo("{\"records\":2,\"entered\":1}");
    assertThat(entered("0")).containsExactly(1L, 2L, 3L);
    assertThat(Files.readString(file("0"))).endsWith("3\t[\\\"order\\\",\\\"3\\n\\\"]\n");
  }

  @Test
  void callsThatOverlapEnterEachRecordOnce() throws Exception {
    int threads = 8;
    CyclicBarrier together = new CyclicBarrier(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<String>> calls = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int from = i * 5;
        Callable<String> call =
            () -> {
              together.await();
              return invoke(event("0", from, from + 40));
            };
        calls.add(pool.submit(call));
      }
      for (Future<String> call : calls) {
        assertThat(call.get()).startsWith("{\"records\":41");
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(entered("0")).doesNotHaveDuplicates().hasSize(76);
  }

  @Test
  void somethingThatIsNoEventIsRefused() {
    assertThatThrownBy(() -> invoke("{\"records\":[{\"eventId\":\"7\"}]}"))
        .hasMessageContaining("eventId of the form shard:sequence: '7'");
  }
}
