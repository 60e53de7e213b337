// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CommandWaitTest {

  private static final String LATER = "{\"refused\": \"not every task\", \"later\": true}";
  private static final String NEVER = "{\"refused\": \"it is ENDED\", \"later\": false}";

  private final StringWriter told = new StringWriter();

  private ObjectNode wait(int seconds, String... answers) throws Exception {
    Deque<String> next = new ArrayDeque<>(List.of(answers));
    try (Progress progress = new Progress(new PrintWriter(told), false)) {
      return new CommandWait("resume", seconds, progress)
          .until(
              () -> json(next.size() > 1 ? next.remove() : next.element()),
              Wait.durable.stages(),
              "--shard: ",
              CommandWait.STANDS);
    }
  }

  private static ObjectNode json(String text) {
    try {
      return (ObjectNode) new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static String at(String stage) {
    return "{\"refused\": null, \"shards\": [{\"shard\": \"3\", \"stage\": \"" + stage + "\"}]}";
  }

  @Test
  void aJobManagerThatWasStartedAnewIsAskedUntilTheTasksHaveTold() throws Exception {
    ObjectNode answer = wait(60, at("APPLIED"), LATER, at("DURABLE"));
    assertThat(answer.toString()).contains("DURABLE");
    assertThat(told.toString()).contains("waiting for the tasks to tell their shards");
  }

  @Test
  void tasksThatTellNothingAreNotWaitedForForEver() {
    assertThatThrownBy(() -> wait(0, LATER)).hasMessage("--shard: not every task");
  }

  @Test
  void whatIsRefusedForGoodIsToldAtOnce() {
    assertThatThrownBy(() -> wait(60, NEVER)).hasMessage("--shard: it is ENDED");
  }
}
