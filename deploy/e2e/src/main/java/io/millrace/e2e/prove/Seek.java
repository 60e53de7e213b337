// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.control.Verb;
import io.millrace.job.ClusterAddress;
import io.millrace.job.ClusterException;
import io.millrace.job.ControlClient;
import io.millrace.job.TriggerJob;
import io.millrace.model.StartPosition;
import io.millrace.options.OptionException;
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

  private static final Set<String> APPLIED = Set.of("APPLIED", "DURABLE");
  private static final Set<String> DURABLE = Set.of("DURABLE");

  private final ProvingGround ground;
  private final Optional<String> shard;
  private final StartPosition place;
  private Optional<ControlClient> client = Optional.empty();
  private String id = UUID.randomUUID().toString();
  private boolean given;
  private String trouble = "no answer";
  private final Set<String> moved = new TreeSet<>();

  /**
   * @param shard empty for all that can be moved
   */
  Seek(ProvingGround ground, Optional<String> shard, StartPosition place) {
    this.ground = ground;
    this.shard = shard;
    this.place = place;
  }

  /** Returns when the tasks have done it. */
  void awaitApplied() throws IOException, InterruptedException {
    await("applied", APPLIED);
  }

  /**
   * Returns when no failure can undo it.
   *
   * @return the shards that were moved
   */
  Set<String> awaitDurable() throws IOException, InterruptedException {
    await("durable", DURABLE);
    return Set.copyOf(moved);
  }

  private void await(String what, Set<String> stages) throws IOException, InterruptedException {
    try {
      ground.await("the seek is " + what, () -> reached(stages));
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; the seek: " + trouble, e);
    }
  }

  private boolean reached(Set<String> stages) {
    try {
      ControlClient control = connected();
      TriggerJob job = control.job(Optional.of(ground.jobId()));
      if (!given) {
        ObjectNode survey = control.survey(job, id, shard, place);
        if (isRefused(survey) || !all(survey, Set.of("FOUND"))) {
          return false;
        }
        given = true;
      }
      ObjectNode answer = control.command(job, id, Verb.SEEK, shard);
      if (isRefused(answer)) {
        if (answer.path("later").asBoolean()) {
          return false;
        }
        id = UUID.randomUUID().toString();
        given = false;
        return false;
      }
      answer.get("shards").forEach(target -> moved.add(target.get("shard").asText()));
      return all(answer, stages);
    } catch (ClusterException | OptionException e) {
      // The JobManager is away, or the job is about to be recovered.
      trouble = e.getMessage();
      return false;
    }
  }

  private boolean isRefused(JsonNode answer) {
    if (answer.path("refused").isNull()) {
      return false;
    }
    trouble = answer.path("refused").asText();
    return true;
  }

  private boolean all(JsonNode answer, Set<String> stages) {
    trouble = answer.toString();
    for (JsonNode target : answer.get("shards")) {
      if (!stages.contains(target.get("stage").asText())) {
        return false;
      }
    }
    return !answer.get("shards").isEmpty();
  }

  private ControlClient connected() {
    if (client.isEmpty()) {
      client = Optional.of(ControlClient.connect(ClusterAddress.of(ground.rest.address())));
    }
    return client.get();
  }

  @Override
  public void close() {
    client.ifPresent(ControlClient::close);
  }
}
