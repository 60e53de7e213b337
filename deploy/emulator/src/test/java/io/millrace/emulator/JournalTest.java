// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.emulator.Journal.Entry;
import io.millrace.emulator.Journal.Invocation;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void keepsOverlappingInvocationsApart() throws IOException {
    try (Journal journal = new Journal(Optional.empty())) {
      Invocation first = start(journal, "a");
      Invocation second = start(journal, "b");
      assertThat(journal.open()).isEqualTo(2);
      second.end(200, "ok", true, true);
      Invocation third = start(journal, "c");
      first.end(429, "refused", false, true);

      List<Entry> entries = journal.entries();
      assertThat(entries).extracting(Entry::id).containsExactly(0L, 1L, 2L);
      assertThat(entries).extracting(Entry::body).containsExactly("a", "b", "c");
      assertThat(entries).extracting(Entry::outcome).containsExactly("refused", "ok", "open");
      assertThat(entries.get(0).end().getAsLong()).isGreaterThanOrEqualTo(entries.get(2).start());
      assertThat(entries.get(1).end().getAsLong()).isLessThanOrEqualTo(entries.get(2).start());
      assertThat(entries.get(2).end()).isEmpty();
      assertThat(journal.open()).isEqualTo(1);
      assertThat(journal.entries(1)).hasSize(2);
      assertThat(journal.entries(99)).isEmpty();
      assertThat(journal.since(entries.get(1).start()).get(0).start())
          .isEqualTo(entries.get(1).start());
      assertThat(journal.since(0)).hasSize(3);
      assertThat(journal.since(entries.get(2).start() + 1)).isEmpty();

      StringWriter text = new StringWriter();
      journal.write(0, text);
      assertThat(text.toString().lines().map(JournalTest::brief))
          .containsExactly("start 0", "start 1", "end 1", "start 2", "end 0");
      third.end(200, "ok", true, true);
    }
  }

  @Test
  void correctsAnEndThatCouldNotBeTold() {
    try (Journal journal = new Journal(Optional.empty())) {
      Invocation invocation = start(journal, "a");
      invocation.end(200, "ok", true, true);
      Entry before = journal.entries().get(0);
      invocation.clientGone();
      Entry after = journal.entries().get(0);
      assertThat(after.end()).isEqualTo(before.end());
      assertThat(after.outcome()).isEqualTo("client-gone");
      assertThat(after.ran()).isTrue();
      assertThat(after.answered()).isFalse();
    }
  }

  @Test
  void ordersByArrivalWhateverTheThread() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Journal journal = new Journal(Optional.of(directory.resolve("journal.jsonl")))) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        running.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 1000; i++) {
                    start(journal, "x").end(200, "ok", true, true);
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
      List<Entry> entries = journal.entries();
      assertThat(entries).hasSize(8000);
      for (int i = 1; i < entries.size(); i++) {
        assertThat(entries.get(i).start()).isGreaterThanOrEqualTo(entries.get(i - 1).start());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(Files.readAllLines(directory.resolve("journal.jsonl"))).hasSize(16_000);
  }

  @Test
  void copiesToAFile() throws IOException {
    Path file = directory.resolve("journal.jsonl");
    try (Journal journal = new Journal(Optional.of(file))) {
      start(journal, "{\"é\":\"\n\"}").end(200, "ok", true, true);
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    JsonNode start = MAPPER.readTree(lines.get(0));
    assertThat(start.get("type").asText()).isEqualTo("start");
    assertThat(start.get("service").asText()).isEqualTo("svc");
    assertThat(start.get("function").asText()).isEqualTo("fn");
    assertThat(start.get("requestId").asText()).isEqualTo("r");
    assertThat(start.get("client").asText()).isEqualTo("millrace/1 (1@h)");
    assertThat(start.get("remote").asText()).isEqualTo("127.0.0.1:1");
    assertThat(start.get("body").asText()).isEqualTo("{\"é\":\"\n\"}");
    JsonNode end = MAPPER.readTree(lines.get(1));
    assertThat(end.get("type").asText()).isEqualTo("end");
    assertThat(end.get("at").asLong()).isGreaterThanOrEqualTo(start.get("at").asLong());
    assertThat(end.get("status").asInt()).isEqualTo(200);
    assertThat(end.get("outcome").asText()).isEqualTo("ok");
    assertThat(end.get("ran").asBoolean()).isTrue();
    assertThat(end.get("answered").asBoolean()).isTrue();
  }

  @Test
  void waitsOnlySoLong() throws Exception {
    try (Journal journal = new Journal(Optional.empty())) {
      start(journal, "a");
      assertThat(journal.awaitSize(1, Duration.ofMinutes(2))).hasSize(1);
      assertThatThrownBy(() -> journal.awaitSize(2, Duration.ofMillis(30)))
          .isInstanceOf(TimeoutException.class)
          .hasMessageContaining("1 invocations");
    }
  }

  private static Invocation start(Journal journal, String body) {
    return journal.start("svc", "fn", "r", "millrace/1 (1@h)", "127.0.0.1:1", body.getBytes(UTF_8));
  }

  private static String brief(String line) {
    try {
      JsonNode json = MAPPER.readTree(line);
      return json.get("type").asText() + " " + json.get("id").asLong();
    } catch (IOException e) {
      throw new IllegalStateException(line, e);
    }
  }
}
