// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.dispatch.lane.Blockade;
import java.io.Serializable;
import java.util.List;

/**
 * What the coordinator answers to a {@link Pull}.
 *
 * @param lease whether the asking attempt is the current one of its subtask and may launch
 * @param target whether the function can be reached, and whether to probe
 * @param commands to apply; sent again until they are reported as applied
 * @param questions of surveys; sent again until they are answered
 */
public record PullAnswer(
    boolean lease, Blockade.Order target, List<Command> commands, List<PlaceQuestion> questions)
    implements Serializable {

  public PullAnswer {
    commands = List.copyOf(commands);
    questions = List.copyOf(questions);
  }
}
