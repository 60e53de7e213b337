// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.job.ClusterAddress;
import io.millrace.job.ClusterException;
import io.millrace.job.ControlClient;
import io.millrace.job.TriggerJob;
import io.millrace.options.OptionException;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The job as operators reach it, through the client that {@code millrace} has, while it may be
 * away. Connected when it is asked for the first time. Used by one thread.
 */
final class Control implements AutoCloseable {

  /** How far a command is when no failure can undo it. */
  static final String DURABLE = "DURABLE";

  /** How far it is, at the least, when the tasks have done it. */
  static final Set<String> APPLIED = Set.of("APPLIED", DURABLE);

  private final ProvingGround ground;
  private Optional<ControlClient> client = Optional.empty();
  private String trouble = "no answer";

  Control(ProvingGround ground) {
    this.ground = ground;
  }

  /** An answer; nothing while the JobManager is away, or the job is about to be recovered. */
  Optional<ObjectNode> ask(BiFunction<ControlClient, TriggerJob, ObjectNode> question) {
    try {
      ControlClient connected = connected();
      ObjectNode answer = question.apply(connected, connected.job(Optional.of(ground.jobId())));
      trouble = answer.toString();
      return Optional.of(answer);
    } catch (ClusterException | OptionException e) {
      trouble = e.getMessage();
      return Optional.empty();
    }
  }

  /** The last answer, or why there was none. */
  String trouble() {
    return trouble;
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
