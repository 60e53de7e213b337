// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.dispatch.lane.Blockade;
import java.util.List;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;

/**
 * What a subtask tells the coordinator once a second; the answer is a {@link PullAnswer}.
 *
 * @param subtask its index
 * @param attempt id of its execution attempt
 * @param host where it runs
 * @param changed shards whose status has changed since the last answered pull
 * @param applied commands that were applied and not yet confirmed by an answer
 * @param missed commands that came too late, not yet confirmed by an answer
 * @param places what was found out for surveys and not yet confirmed by an answer
 * @param target what it knows of the function's being reached
 */
public record Pull(
    int subtask,
    String attempt,
    String host,
    List<LaneStatus> changed,
    List<Command> applied,
    List<Miss> missed,
    List<PlaceAnswer> places,
    Blockade.Report target)
    implements CoordinationRequest {

  public Pull {
    changed = List.copyOf(changed);
    applied = List.copyOf(applied);
    missed = List.copyOf(missed);
    places = List.copyOf(places);
  }
}
