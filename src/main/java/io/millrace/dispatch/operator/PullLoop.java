// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.control.Command;
import io.millrace.control.Pull;
import io.millrace.control.PullAnswer;
import io.millrace.dispatch.lane.Dispatcher;
import io.millrace.dispatch.lane.Effect;
import io.millrace.dispatch.lane.Lease;
import io.millrace.source.reader.ShardProgress;
import io.millrace.source.reader.TaskLink;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * Asks the coordinator once a second: the status goes up, lease, commands and the state of the
 * function come down. What is news to the coordinator hurries the next question.
 *
 * <p>Belongs to the task thread, to which answers come back as mails.
 */
final class PullLoop {

  private static final long INTERVAL = 1_000;
  private static final long AGAIN = 100;
  private static final Effect ENDED = new Effect.Missed("the shard has ended");

  /** Runs an action on the task thread, unless the task has ended. */
  interface Mailbox {
    void run(Runnable action, String name);
  }

  private final PullGateway gateway;
  private final ProcessingTimeService time;
  private final Mailbox mailbox;
  private final Lease lease;
  private final Dispatcher dispatcher;
  private final StatusReport report;
  private final TaskLink link;
  private final PlaceSurvey survey;
  private ScheduledFuture<?> next;
  private boolean underWay;
  private boolean hurried;

  PullLoop(
      PullGateway gateway,
      ProcessingTimeService time,
      Mailbox mailbox,
      Lease lease,
      Dispatcher dispatcher,
      StatusReport report,
      TaskLink link) {
    this.gateway = gateway;
    this.time = time;
    this.mailbox = mailbox;
    this.lease = lease;
    this.dispatcher = dispatcher;
    this.report = report;
    this.link = link;
    this.survey = new PlaceSurvey(link, mailbox, report);
  }

  /** Asks for the first time. */
  void start() {
    ask();
  }

  /** Asks as soon as the question under way is answered. */
  void hurry() {
    hurried = true;
    if (!underWay) {
      askIn(0);
    }
  }

  private void ask() {
    if (underWay) {
      return;
    }
    underWay = true;
    Pull pull = report.pull(dispatcher, time.getCurrentProcessingTime());
    long askedAt = System.nanoTime();
    gateway
        .ask(pull)
        .whenComplete(
            (answer, failure) ->
                mailbox.run(
                    () -> answered(pull, askedAt, answer, failure), "coordinator answered"));
  }

  private void answered(Pull pull, long askedAt, PullAnswer answer, Throwable failure) {
    underWay = false;
    boolean leased = failure == null && answer.lease();
    if (leased) {
      lease.renew(askedAt);
      report.confirmed(pull);
      for (Command command : answer.commands()) {
        apply(command);
      }
      survey.answer(answer.questions());
      dispatcher.obey(answer.target());
    } else if (failure == null) {
      lease.revoke();
    }
    askIn(!leased ? AGAIN : hurried ? 0 : INTERVAL);
  }

  private void askIn(long millis) {
    hurried = false;
    if (next != null) {
      next.cancel(false);
    }
    next =
        time.registerTimer(
            time.getCurrentProcessingTime() + millis, reached -> mailbox.run(this::ask, "pull"));
  }

  /**
   * A command that cannot be applied yet is not reported, and comes again: right after a restart
   * the reader has not told which shards it reads.
   */
  private void apply(Command command) {
    String id = command.id();
    String shard = command.shard();
    Effect effect =
        switch (command.verb()) {
          case SUSPEND -> suspend(id, shard);
          case RESUME -> dispatcher.orders().resume(id, shard);
          case RETRY -> dispatcher.orders().retry(id, shard);
          case SKIP -> dispatcher.orders().skip(id, shard, command.skip());
          case SEEK -> seek(command);
        };
    if (effect instanceof Effect.Done) {
      report.applied(command);
    } else if (effect instanceof Effect.Missed missed) {
      report.missed(command, missed.reason());
    }
    hurried |= !(effect instanceof Effect.Later);
  }

  private Effect seek(Command command) {
    String shard = command.shard();
    if (report.hasEnded(shard)) {
      return ENDED;
    }
    ShardProgress reading = link.progress().get(shard);
    if (reading == null) {
      return dispatcher.awaitSeek(shard, command.id()) ? Effect.DONE : Effect.LATER;
    }
    return dispatcher.seek(shard, reading.lane(), command.id(), command.place())
        ? Effect.DONE
        : Effect.LATER;
  }

  private Effect suspend(String id, String shard) {
    Effect effect = dispatcher.orders().suspend(id, shard);
    if (!(effect instanceof Effect.Later)) {
      return effect;
    }
    // A shard that has had no record yet has no lane.
    ShardProgress reading = link.progress().get(shard);
    if (reading != null) {
      return dispatcher.orders().suspend(id, shard, reading.lane());
    }
    return report.hasEnded(shard) ? ENDED : Effect.LATER;
  }
}
