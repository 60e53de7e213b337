// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.control.PlaceAnswer;
import io.millrace.control.PlaceQuestion;
import io.millrace.http.Causes;
import io.millrace.http.OneLine;
import io.millrace.source.reader.TaskLink;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Has the reader say where shards would go on. A question comes with every pull until it is
 * answered, and is asked once; a shard whose reader is not there yet waits.
 *
 * <p>Belongs to the task thread.
 */
final class PlaceSurvey {

  private final TaskLink link;
  private final PullLoop.Mailbox mailbox;
  private final StatusReport report;
  private final Set<PlaceQuestion> asked = new HashSet<>();

  PlaceSurvey(TaskLink link, PullLoop.Mailbox mailbox, StatusReport report) {
    this.link = link;
    this.mailbox = mailbox;
    this.report = report;
  }

  void answer(List<PlaceQuestion> questions) {
    asked.retainAll(questions);
    for (PlaceQuestion question : questions) {
      if (link.progress().containsKey(question.shard()) && asked.add(question)) {
        link.reader()
            .locate(question.shard(), question.place())
            .whenComplete(
                (found, failure) ->
                    mailbox.run(() -> found(question, found, failure), "place found"));
      }
    }
  }

  private void found(PlaceQuestion question, TaskLink.Located found, Throwable failure) {
    Throwable cause = Causes.of(failure);
    report.found(
        new PlaceAnswer(
            question,
            found == null ? null : found.place(),
            found == null ? null : found.now(),
            cause == null ? null : OneLine.of(String.valueOf(cause.getMessage()))));
  }
}
