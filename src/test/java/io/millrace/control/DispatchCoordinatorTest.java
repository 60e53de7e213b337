// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.lane.Blockade;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DispatchCoordinatorTest {

  private final DispatchCoordinator coordinator =
      new DispatchCoordinator("orders", "f", () -> 2, () -> 1_000_000);

  @Test
  void commandsWaitUntilEveryTaskHasToldItsShards() throws Exception {
    assertThat(resumeAll("c1")).contains("not every task has told its shards yet");
    coordinator.handleCoordinationRequest(pull(0));
    assertThat(resumeAll("c2")).contains("not every task has told its shards yet");
  }

  private String resumeAll(String id) throws Exception {
    return JsonAnswer.read(
        coordinator.handleCoordinationRequest(new CommandRequest(id, Verb.RESUME, null)).get());
  }

  private static Pull pull(int subtask) {
    return new Pull(
        subtask,
        "attempt-" + subtask,
        "host",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new Blockade.Report(false, 0, "", 0, false, false));
  }
}
