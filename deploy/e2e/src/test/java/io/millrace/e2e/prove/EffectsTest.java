// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import static org.assertj.core.api.Assertions.assertThat;

import com.aliyun.fc.runtime.Context;
import com.aliyun.fc.runtime.StreamRequestHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.e2e.oracle.EventReader;
import io.millrace.e2e.oracle.Invocation;
import io.millrace.e2e.oracle.Invocation.Fate;
import io.millrace.samples.dedup.FunctionComputeHandler;
import io.millrace.samples.dedup.OrderBook;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A function that de-duplicates passes, and one that does not, or forgets, is found. */
class EffectsTest {

  @TempDir private Path directory;
  private final List<Invocation> journal = new ArrayList<>();

  @BeforeEach
  void name() {
    System.setProperty(OrderBook.DIRECTORY, directory.toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty(OrderBook.DIRECTORY);
  }

  /** Enters whatever comes. */
  private final class Naive implements StreamRequestHandler {
    @Override
    public void handleRequest(InputStream event, OutputStream answer, Context context)
        throws IOException {
      for (JsonNode record : new ObjectMapper().readTree(event).path("records")) {
        String id = record.path("eventId").asText();
        int colon = id.indexOf(':');
        Files.writeString(
            directory.resolve("shard-" + id.substring(0, colon)),
            id.substring(colon + 1) + "\t" + record.path("data").asText() + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      }
    }
  }

  private void invoke(StreamRequestHandler function, Fate fate, String... ids) throws IOException {
    List<String> records = new ArrayList<>();
    for (String id : ids) {
      records.add("{\"eventId\":\"" + id + "\",\"data\":\"[]\"}");
    }
    String event = "{\"records\":[" + String.join(",", records) + "]}";
    function.handleRequest(
        new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
        new ByteArrayOutputStream(),
        null);
    journal.add(new Invocation(journal.size(), 1, OptionalLong.of(2), "1", event, fate));
  }

  private Effects effects() throws IOException {
    return Effects.read(directory, journal, EventReader.dataHub());
  }

  @Test
  void aFunctionThatDeduplicatesIsExact() throws Exception {
    FunctionComputeHandler function = new FunctionComputeHandler();
    invoke(function, Fate.ACKNOWLEDGED, "0:1", "0:2");
    invoke(function, Fate.CUT, "0:3");
    invoke(function, Fate.ACKNOWLEDGED, "0:2", "0:3", "0:4");
    invoke(function, Fate.ACKNOWLEDGED, "1:1");
    assertThat(effects()).isEqualTo(new Effects(0, 0));
    assertThat(effects().exact()).isTrue();
  }

  @Test
  void oneThatDoesNotIsFound() throws Exception {
    Naive function = new Naive();
    invoke(function, Fate.ACKNOWLEDGED, "0:1", "0:2");
    assertThat(effects().exact()).as("nothing was repeated yet").isTrue();
    invoke(function, Fate.ACKNOWLEDGED, "0:1", "0:2", "0:3");
    assertThat(effects()).isEqualTo(new Effects(2, 0));
    assertThat(effects().exact()).isFalse();
  }

  @Test
  void oneThatForgetsIsFound() throws Exception {
    invoke(new FunctionComputeHandler(), Fate.ACKNOWLEDGED, "0:1");
    invoke((event, answer, context) -> {}, Fate.ACKNOWLEDGED, "0:1", "0:2", "1:9");
    invoke((event, answer, context) -> {}, Fate.FAILED, "0:3");
    assertThat(effects()).isEqualTo(new Effects(0, 2));
    assertThat(effects().exact()).isFalse();
  }
}
