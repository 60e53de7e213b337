// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.dispatch.lane.Blockade;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinationRequestHandler;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.apache.flink.util.InstantiationUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Dispatch operator's part on the JobManager: gathers the status of all shards, hands out
 * commands and leases, and answers clients.
 *
 * <p>Runs on the JobManager's main thread and does no I/O. Checkpointed: commands that are not
 * durable. The status is not: subtasks send it anew.
 */
public final class DispatchCoordinator implements OperatorCoordinator, CoordinationRequestHandler {

  private static final Logger LOG = LoggerFactory.getLogger(DispatchCoordinator.class);

  private static final Duration FIRST_PROBE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PROBE = Duration.ofSeconds(60);

  private final String trigger;
  private final String function;
  private final CommandBook commands = new CommandBook();
  private final Surveys surveys = new Surveys();
  private final Map<String, StatusJson.Shard> shards = new TreeMap<>(ShardOrder.INSTANCE);
  private final Map<Integer, String> currentAttempts = new HashMap<>();
  private final Blockade blockade = new Blockade(FIRST_PROBE, LONGEST_PROBE);
  private final IntSupplier parallelism;
  private final LongSupplier clock;
  private final Set<Integer> reported = new HashSet<>();
  private final CommandIntake intake =
      new CommandIntake(commands, surveys, shards, this::haveAllReported);

  DispatchCoordinator(
      String trigger, String function, IntSupplier parallelism, LongSupplier clock) {
    this.trigger = trigger;
    this.function = function;
    this.parallelism = parallelism;
    this.clock = clock;
  }

  @Override
  public void start() {}

  @Override
  public void close() {}

  @Override
  public void handleEventFromOperator(int subtask, int attempt, OperatorEvent event) {
    throw new IllegalStateException("Dispatch sends no events, but: " + event);
  }

  @Override
  public void executionAttemptReady(int subtask, int attempt, SubtaskGateway gateway) {
    currentAttempts.put(subtask, gateway.getExecution().toString());
  }

  @Override
  public void executionAttemptFailed(int subtask, int attempt, Throwable reason) {
    currentAttempts.remove(subtask);
  }

  @Override
  public void subtaskReset(int subtask, long checkpoint) {
    // It is complete, though nobody may have said so yet.
    commands.complete(checkpoint);
    commands.ownerReset(shard -> owns(subtask, shard));
    shards.values().removeIf(shard -> shard.subtask() == subtask);
    blockade.forget(subtask, clock.getAsLong());
    reported.remove(subtask);
  }

  @Override
  public void resetToCheckpoint(long checkpoint, byte[] data) throws IOException {
    shards.clear();
    blockade.clear();
    reported.clear();
    surveys.clear();
    commands.restore(data);
  }

  @Override
  public void checkpointCoordinator(long id, CompletableFuture<byte[]> result) {
    try {
      result.complete(commands.checkpoint(id));
    } catch (IOException e) {
      result.completeExceptionally(e);
    }
  }

  @Override
  public void notifyCheckpointComplete(long id) {
    commands.complete(id);
  }

  @Override
  public CompletableFuture<CoordinationResponse> handleCoordinationRequest(
      CoordinationRequest request) {
    try {
      if (request instanceof Pull pull) {
        return CompletableFuture.completedFuture(
            JsonAnswer.ofBytes(InstantiationUtil.serializeObject(answer(pull))));
      }
      if (request instanceof StatusRequest) {
        return CompletableFuture.completedFuture(
            JsonAnswer.of(
                StatusJson.status(trigger, function, blockade, shards.values(), commands.skips())));
      }
      if (request instanceof CommandRequest command) {
        return CompletableFuture.completedFuture(JsonAnswer.of(intake.take(command)));
      }
      if (request instanceof SurveyRequest survey) {
        return CompletableFuture.completedFuture(JsonAnswer.of(intake.survey(survey)));
      }
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("no such request: " + request.getClass().getName()));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private boolean owns(int subtask, String shard) {
    StatusJson.Shard known = shards.get(shard);
    return known != null && known.subtask() == subtask;
  }

  private PullAnswer answer(Pull pull) {
    // An attempt that was replaced may still ask: it learns that it must not launch.
    if (!pull.attempt().equals(currentAttempts.get(pull.subtask()))) {
      return new PullAnswer(false, Blockade.Order.NONE, List.of(), List.of());
    }
    reported.add(pull.subtask());
    for (LaneStatus status : pull.changed()) {
      shards.put(status.shard(), new StatusJson.Shard(status, pull.subtask(), pull.host()));
    }
    pull.applied().forEach(commands::applied);
    pull.missed().forEach(commands::missed);
    if (haveAllReported()) {
      commands.missUnknown(shards::containsKey);
    }
    pull.places().forEach(surveys::answered);
    long now = clock.getAsLong();
    long since = blockade.since();
    switch (blockade.report(pull.subtask(), pull.target(), now)) {
      case RAISED ->
          LOG.warn(
              "{}: function {} is blocked: {}; all shards wait, one call at a time probes, no"
                  + " attempt is counted",
              trigger,
              function,
              blockade.message());
      case LIFTED ->
          LOG.info(
              "{}: function {} is reached again, after {} s",
              trigger,
              function,
              (now - since) / 1000);
      case NONE -> {}
    }
    return new PullAnswer(
        true,
        blockade.order(pull.subtask(), pull.target(), now),
        commands.requested(shard -> owns(pull.subtask(), shard)),
        surveys.open(shard -> owns(pull.subtask(), shard)));
  }

  private boolean haveAllReported() {
    return reported.size() >= parallelism.getAsInt();
  }

  /**
   * Creates the coordinator on the JobManager.
   *
   * @param operator id of the Dispatch operator
   * @param trigger the trigger's name
   * @param function the function's full name
   */
  public record Provider(OperatorID operator, String trigger, String function)
      implements OperatorCoordinator.Provider {

    @Override
    public OperatorID getOperatorId() {
      return operator;
    }

    @Override
    public OperatorCoordinator create(Context context) {
      return new DispatchCoordinator(
          trigger, function, context::currentParallelism, System::currentTimeMillis);
    }
  }
}
