// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.control.Verb;
import io.millrace.model.StartPosition;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * An operator who moves shards as {@code millrace seek} does, and gives the command again when a
 * JobManager that was started anew knows nothing of it.
 */
final class Seek implements AutoCloseable {

  private static final Set<String> FOUND = Set.of("FOUND");

  private final ProvingGround ground;
  private final Control control;
  private final Optional<String> shard;
  private final StartPosition place;
  private String id = UUID.randomUUID().toString();
  private boolean given;
  private final Set<String> moved = new TreeSet<>();

  /**
   * @param shard empty for all that can be moved
   */
  Seek(ProvingGround ground, Optional<String> shard, StartPosition place) {
    this.ground = ground;
    this.control = new Control(ground);
    this.shard = shard;
    this.place = place;
  }

  /** Returns when the tasks have done it. */
  void awaitApplied() throws IOException, InterruptedException {
    await("applied", Control.APPLIED);
  }

  /**
   * Returns when no failure can undo it.
   *
   * @return the shards that were moved
   */
  Set<String> awaitDurable() throws IOException, InterruptedException {
    await("durable", Set.of(Control.DURABLE));
    return Set.copyOf(moved);
  }

  private void await(String what, Set<String> stages) throws IOException, InterruptedException {
    try {
      ground.await("the seek is " + what, () -> reached(stages));
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; the seek: " + control.trouble(), e);
    }
  }

  private boolean reached(Set<String> stages) {
    if (!given) {
      given =
          control
              .ask((client, job) -> client.survey(job, id, shard, place))
              .filter(survey -> !isRefused(survey) && all(survey, FOUND))
              .isPresent();
    }
    return given
        && control
            .ask((client, job) -> client.command(job, id, Verb.SEEK, shard))
            .filter(answer -> isTaken(answer) && all(answer, stages))
            .isPresent();
  }

  /** Where the job knows nothing of the survey any more, another one is made. */
  private boolean isTaken(JsonNode answer) {
    if (!isRefused(answer)) {
      answer.get("shards").forEach(target -> moved.add(target.get("shard").asText()));
      return true;
    }
    if (!answer.path("later").asBoolean()) {
      id = UUID.randomUUID().toString();
      given = false;
    }
    return false;
  }

  private static boolean isRefused(JsonNode answer) {
    return !answer.path("refused").isNull();
  }

  private static boolean all(JsonNode answer, Set<String> stages) {
    for (JsonNode target : answer.get("shards")) {
      if (!stages.contains(target.get("stage").asText())) {
        return false;
      }
    }
    return !answer.get("shards").isEmpty();
  }

  @Override
  public void close() {
    control.close();
  }
}
