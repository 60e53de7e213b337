// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.dispatch.lane.Blockade;
import io.millrace.dispatch.lane.SkipTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** It goes into state and logs. */
  private static final int LONGEST_REASON = 500;

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
            JsonAnswer.of(StatusJson.status(trigger, function, blockade, shards.values())));
      }
      if (request instanceof CommandRequest command) {
        return CompletableFuture.completedFuture(JsonAnswer.of(take(command)));
      }
      if (request instanceof SurveyRequest survey) {
        return CompletableFuture.completedFuture(JsonAnswer.of(survey(survey)));
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

  private String take(CommandRequest request) throws IOException {
    if (commands.of(request.id()).isEmpty()) {
      Optional<String> refusal =
          switch (request.verb()) {
            case SEEK -> move(request.id());
            case SKIP -> skip(request);
            case SUSPEND, RESUME, RETRY -> tell(request);
          };
      if (refusal.isPresent()) {
        return StatusJson.refused(request.id(), request.verb(), refusal.get());
      }
    }
    List<StatusJson.Target> targets = new ArrayList<>();
    commands
        .of(request.id())
        .forEach(
            (command, stage) ->
                targets.add(
                    new StatusJson.Target(
                        command.shard(), stage.name(), commands.reason(command))));
    return StatusJson.command(request, targets);
  }

  private Optional<String> tell(CommandRequest request) {
    Optional<String> refusal = refusal(request.verb(), request.shard());
    if (refusal.isEmpty()) {
      for (String shard : targets(request.verb(), request.shard())) {
        commands.request(new Command(request.id(), request.verb(), shard));
      }
    }
    return refusal;
  }

  /** Gives up the envelope that the operator has seen, or the one that is at the head now. */
  private Optional<String> skip(CommandRequest request) {
    SkipTarget wish = request.skip();
    if (request.shard() == null || wish == null || !isLine(wish.reason())) {
      return Optional.of(
          "to skip needs a shard, and a reason on one line of "
              + LONGEST_REASON
              + " characters at most");
    }
    Optional<String> refusal = refusal(Verb.SKIP, request.shard());
    if (refusal.isPresent()) {
      return refusal;
    }
    LaneStatus.Sealed envelope = shards.get(request.shard()).status().envelope();
    if (wish.first() != null
        && (wish.first().compareTo(envelope.first()) != 0
            || wish.last().compareTo(envelope.last()) != 0)) {
      return Optional.of(
          "the envelope at the head of shard "
              + request.shard()
              + " is another one now, from "
              + envelope.first()
              + " to "
              + envelope.last());
    }
    if (wish.sequence() != null
        && (wish.sequence() < envelope.first().sequence()
            || wish.sequence() > envelope.last().sequence())) {
      return Optional.of(
          "the envelope at the head of shard "
              + request.shard()
              + " has no record of sequence "
              + wish.sequence()
              + "; it goes from "
              + envelope.first()
              + " to "
              + envelope.last());
    }
    commands.request(
        new Command(
            request.id(),
            Verb.SKIP,
            request.shard(),
            null,
            new SkipTarget(
                envelope.first(),
                envelope.last(),
                wish.sequence(),
                wish.index(),
                wish.reason().strip())));
    return Optional.empty();
  }

  private static boolean isLine(String text) {
    return text != null
        && !text.isBlank()
        && text.length() <= LONGEST_REASON
        && text.chars().noneMatch(Character::isISOControl);
  }

  private boolean haveAllReported() {
    return reported.size() >= parallelism.getAsInt();
  }

  /** Why a command is not taken; empty when it is. */
  private Optional<String> refusal(Verb verb, String shard) {
    StatusJson.Shard target = shard == null ? null : shards.get(shard);
    if (target == null) {
      if (!haveAllReported()) {
        return Optional.of("not every task has told its shards yet; ask again in some seconds");
      }
      return shard == null
          ? Optional.empty()
          : Optional.of("there is no shard " + shard + "; shards are " + shards.keySet());
    }
    return CommandFit.fits(verb, target.status())
        ? Optional.empty()
        : Optional.of("shard " + shard + " is " + CommandFit.misfit(verb, target.status()));
  }

  private List<String> targets(Verb verb, String shard) {
    List<String> targets = new ArrayList<>();
    for (StatusJson.Shard each : shards.values()) {
      String id = each.status().shard();
      if ((shard == null || shard.equals(id)) && CommandFit.fits(verb, each.status())) {
        targets.add(id);
      }
    }
    return targets;
  }

  private String survey(SurveyRequest request) throws IOException {
    if (surveys.of(request.id()).isEmpty()) {
      Optional<String> refusal = refusal(Verb.SEEK, request.shard());
      if (refusal.isPresent()) {
        return StatusJson.refused(request.id(), Verb.SEEK, refusal.get());
      }
      surveys.begin(
          request.id(),
          targets(Verb.SEEK, request.shard()).stream()
              .map(shard -> new PlaceQuestion(request.id(), shard, request.place()))
              .toList());
    }
    return StatusJson.survey(
        request.id(),
        surveys.of(request.id()).orElseThrow(),
        shard -> Optional.ofNullable(shards.get(shard)).map(StatusJson.Shard::status));
  }

  /**
   * Moves shards to where a survey has found that they would go on.
   *
   * @return why they are not moved; empty when they are
   */
  private Optional<String> move(String id) {
    Map<PlaceQuestion, PlaceAnswer> survey = surveys.of(id).orElse(null);
    if (survey == null) {
      return Optional.of(
          "nothing is known of this move; a JobManager that was started anew has forgotten it, look"
              + " at the status and give the command again");
    }
    for (PlaceAnswer answer : survey.values()) {
      if (answer == null || answer.found() == null) {
        return Optional.of("it is not known for every shard where it would go on");
      }
    }
    for (PlaceQuestion question : survey.keySet()) {
      Optional<String> refusal = refusal(Verb.SEEK, question.shard());
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    surveys.forget(id);
    survey.forEach(
        (question, answer) ->
            commands.request(new Command(id, Verb.SEEK, question.shard(), answer.found(), null)));
    return Optional.empty();
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
