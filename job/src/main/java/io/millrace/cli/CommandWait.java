// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.function.Supplier;

/** Asks a job again and again, until each shard of its answer has got as far as it is to be. */
final class CommandWait {

  /** What to tell of a command that is under way still. */
  static final String STANDS = "the command stands, and status shows what becomes of it";

  private static final long ASK_MILLIS = 500;

  private final String word;
  private final int timeoutSeconds;
  private final Progress progress;

  /**
   * @param word the command's name, for messages
   */
  CommandWait(String word, int timeoutSeconds, Progress progress) {
    this.word = word;
    this.timeoutSeconds = timeoutSeconds;
    this.progress = progress;
  }

  /**
   * Waits.
   *
   * @param ask asks the job
   * @param reached stages with which a shard is far enough
   * @param option that the user named the shard with, for a refusal; empty for none
   * @param late what to tell when the time is up
   * @return the last answer
   */
  ObjectNode until(Supplier<ObjectNode> ask, Set<String> reached, String option, String late)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeoutSeconds * 1_000_000_000L;
    while (true) {
      ObjectNode answer = ask.get();
      if (!answer.path("refused").isNull()) {
        if (!answer.path("later").asBoolean() || System.nanoTime() > deadline) {
          throw CommandFailure.badInput(option + answer.get("refused").asText());
        }
        // A JobManager that was started anew: whether it was done, the tasks are about to tell.
        progress.step(word + ": waiting for the tasks to tell their shards");
        Thread.sleep(ASK_MILLIS);
        continue;
      }
      int open = 0;
      for (JsonNode target : answer.get("shards")) {
        open += reached.contains(target.get("stage").asText()) ? 0 : 1;
      }
      if (open == 0) {
        return answer;
      }
      String shards = open + " of " + answer.get("shards").size() + " shards";
      if (System.nanoTime() > deadline) {
        throw CommandFailure.failed(
            word + ": " + shards + " have not got so far within " + timeoutSeconds + " s; " + late);
      }
      progress.step(word + ": waiting for " + shards);
      Thread.sleep(ASK_MILLIS);
    }
  }
}
