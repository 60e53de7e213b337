// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import java.io.Serializable;
import java.util.List;

/**
 * What the coordinator answers to a {@link Pull}.
 *
 * @param lease whether the asking attempt is the current one of its subtask and may launch
 * @param commands to apply; sent again until they are reported as applied
 */
public record PullAnswer(boolean lease, List<Command> commands) implements Serializable {

  public PullAnswer {
    commands = List.copyOf(commands);
  }
}
