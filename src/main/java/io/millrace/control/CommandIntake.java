// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.dispatch.lane.SkipTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Takes what operators ask for, or refuses it with the reason, by what the tasks have told of their
 * shards.
 *
 * <p>A task may have done a command that the book does not know: it was done in a task's part of
 * the checkpoint from which all was restored, and had not been given yet when the coordinator's
 * part was taken. So a command that is asked for again is looked for among what the shards have
 * done before it is judged whether it still makes sense.
 *
 * <p>Not thread-safe: it belongs to the coordinator's thread.
 */
final class CommandIntake {

  /** It goes into state and logs. */
  private static final int LONGEST_REASON = 500;

  private static final Refusal TOO_EARLY =
      new Refusal("not every task has told its shards yet; ask again in some seconds", true);

  private final CommandBook commands;
  private final Surveys surveys;
  private final Map<String, StatusJson.Shard> shards;
  private final BooleanSupplier haveAllReported;

  /**
   * Why something is not taken.
   *
   * @param later whether it may be, once more is known
   */
  private record Refusal(String reason, boolean later) {
    static Optional<Refusal> of(String reason) {
      return Optional.of(new Refusal(reason, false));
    }
  }

  /**
   * @param shards what is known, as it grows
   */
  CommandIntake(
      CommandBook commands,
      Surveys surveys,
      Map<String, StatusJson.Shard> shards,
      BooleanSupplier haveAllReported) {
    this.commands = commands;
    this.surveys = surveys;
    this.shards = shards;
    this.haveAllReported = haveAllReported;
  }

  /** Takes a command, once, and tells how far it is. */
  String take(CommandRequest request) throws IOException {
    if (commands.of(request.id()).isEmpty()) {
      Optional<Refusal> refusal = begin(request);
      if (refusal.isPresent()) {
        return StatusJson.refused(
            request.id(), request.verb(), refusal.get().reason(), refusal.get().later());
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

  private Optional<Refusal> begin(CommandRequest request) {
    if (!isKnown(request.shard())) {
      return Optional.of(TOO_EARLY);
    }
    List<String> done = doneAt(request.id());
    if (request.shard() != null && done.contains(request.shard())) {
      commands.done(
          new Command(request.id(), request.verb(), request.shard(), null, whole(request.skip())));
      return Optional.empty();
    }
    Optional<Refusal> refusal =
        switch (request.verb()) {
          case SEEK -> move(request, done);
          case SKIP -> skip(request);
          case SUSPEND, RESUME, RETRY -> tell(request);
        };
    if (refusal.isEmpty()) {
      done.forEach(shard -> commands.done(new Command(request.id(), request.verb(), shard)));
    }
    return refusal;
  }

  /** What was given up, where the operator has said what that is. */
  private static SkipTarget whole(SkipTarget skip) {
    return skip == null || skip.first() == null || skip.last() == null ? null : skip;
  }

  /** True when a shard has been told, or for null every one. */
  private boolean isKnown(String shard) {
    return (shard != null && shards.containsKey(shard)) || haveAllReported.getAsBoolean();
  }

  /** The shards that have done a command. */
  private List<String> doneAt(String command) {
    return shards.values().stream()
        .map(StatusJson.Shard::status)
        .filter(status -> status.commands().contains(command))
        .map(LaneStatus::shard)
        .toList();
  }

  /** Those that have done it already do not do it again. */
  private Optional<Refusal> tell(CommandRequest request) {
    Optional<Refusal> refusal = refusal(request.verb(), request.shard());
    if (refusal.isEmpty()) {
      for (String shard : targets(request.verb(), request.shard())) {
        if (!shards.get(shard).status().commands().contains(request.id())) {
          commands.request(new Command(request.id(), request.verb(), shard));
        }
      }
    }
    return refusal;
  }

  /** Gives up the envelope that the operator has seen, or the one that is at the head now. */
  private Optional<Refusal> skip(CommandRequest request) {
    SkipTarget wish = request.skip();
    if (request.shard() == null || wish == null || !isLine(wish.reason())) {
      return Refusal.of(
          "to skip needs a shard, and a reason on one line of "
              + LONGEST_REASON
              + " characters at most");
    }
    Optional<Refusal> refusal = refusal(Verb.SKIP, request.shard());
    if (refusal.isPresent()) {
      return refusal;
    }
    LaneStatus.Sealed envelope = shards.get(request.shard()).status().envelope();
    if (wish.first() != null
        && (wish.first().compareTo(envelope.first()) != 0
            || wish.last().compareTo(envelope.last()) != 0)) {
      return Refusal.of(
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
      return Refusal.of(
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

  /** Why a command to shards that are known is not taken; empty when it is. */
  private Optional<Refusal> refusal(Verb verb, String shard) {
    if (shard == null) {
      return Optional.empty();
    }
    StatusJson.Shard target = shards.get(shard);
    if (target == null) {
      return Refusal.of("there is no shard " + shard + "; shards are " + shards.keySet());
    }
    return CommandFit.fits(verb, target.status())
        ? Optional.empty()
        : Refusal.of("shard " + shard + " is " + CommandFit.misfit(verb, target.status()));
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

  /** Has it found out where shards would go on. */
  String survey(SurveyRequest request) throws IOException {
    if (surveys.of(request.id()).isEmpty()) {
      Optional<Refusal> refusal =
          isKnown(request.shard()) ? refusal(Verb.SEEK, request.shard()) : Optional.of(TOO_EARLY);
      if (refusal.isPresent()) {
        return StatusJson.refused(
            request.id(), Verb.SEEK, refusal.get().reason(), refusal.get().later());
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
   * @param done the shards that were moved before a JobManager that was started anew forgot it
   */
  private Optional<Refusal> move(CommandRequest request, List<String> done) {
    String id = request.id();
    Map<PlaceQuestion, PlaceAnswer> survey = surveys.of(id).orElse(null);
    if (survey == null) {
      if (!done.isEmpty() && done.containsAll(targets(Verb.SEEK, request.shard()))) {
        return Optional.empty();
      }
      return Refusal.of(
          (done.isEmpty()
                  ? "nothing is known of this move"
                  : "of this move it is only known that it was made of shards " + done)
              + "; a JobManager that was started anew has forgotten it, look at the status and give"
              + " the command again");
    }
    for (PlaceAnswer answer : survey.values()) {
      if (answer == null || answer.found() == null) {
        return Refusal.of("it is not known for every shard where it would go on");
      }
    }
    for (PlaceQuestion question : survey.keySet()) {
      Optional<Refusal> refusal = refusal(Verb.SEEK, question.shard());
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
}
