// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.control.Command;
import io.millrace.control.Pull;
import io.millrace.control.PullAnswer;
import io.millrace.dispatch.lane.Dispatcher;
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
    boolean applied =
        switch (command.verb()) {
          case SUSPEND -> suspend(command.shard());
          case RESUME -> dispatcher.resume(command.shard());
          case SEEK -> seek(command);
        };
    if (applied) {
      report.applied(command);
      hurried = true;
    }
  }

  private boolean seek(Command command) {
    String shard = command.shard();
    if (report.hasEnded(shard)) {
      report.missed(command);
      return false;
    }
    ShardProgress reading = link.progress().get(shard);
    if (reading == null) {
      return dispatcher.awaitSeek(shard, command.id());
    }
    return dispatcher.seek(shard, reading.lane(), command.id(), command.place());
  }

  private boolean suspend(String shard) {
    if (dispatcher.suspend(shard)) {
      return true;
    }
    // A shard that has had no record yet has no lane.
    ShardProgress reading = link.progress().get(shard);
    if (reading != null) {
      dispatcher.suspend(shard, reading.lane());
    }
    return reading != null || report.hasEnded(shard);
  }
}
