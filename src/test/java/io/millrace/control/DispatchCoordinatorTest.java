// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.lane.Blockade;
import io.millrace.dispatch.lane.Lane;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.model.Position;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.messages.Acknowledge;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator.SubtaskGateway;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DispatchCoordinatorTest {

  private static final Position FIRST = new Position(5, 0, 50);
  private static final Position LAST = new Position(9, 1, 90);

  private final DispatchCoordinator coordinator =
      new DispatchCoordinator("orders", "f", () -> 2, () -> 1_000_000);
  private final List<ExecutionAttemptID> attempts =
      List.of(ExecutionAttemptID.randomId(), ExecutionAttemptID.randomId());

  private void ready() {
    for (int subtask = 0; subtask < 2; subtask++) {
      coordinator.executionAttemptReady(subtask, 0, new Gateway(subtask, attempts.get(subtask)));
    }
  }

  private record Gateway(int subtask, ExecutionAttemptID execution) implements SubtaskGateway {
    @Override
    public CompletableFuture<Acknowledge> sendEvent(OperatorEvent event) {
      throw new AssertionError(event);
    }

    @Override
    public ExecutionAttemptID getExecution() {
      return execution;
    }

    @Override
    public int getSubtask() {
      return subtask;
    }
  }

  private PullAnswer pull(int subtask, LaneStatus... changed) throws Exception {
    return pull(subtask, List.of(), changed);
  }

  private PullAnswer pull(int subtask, List<Miss> missed, LaneStatus... changed) throws Exception {
    byte[] answer =
        JsonAnswer.bytes(
            coordinator
                .handleCoordinationRequest(
                    new Pull(
                        subtask,
                        attempts.get(subtask).toString(),
                        "host",
                        List.of(changed),
                        List.of(),
                        missed,
                        List.of(),
                        new Blockade.Report(false, 0, "", 0, false, false)))
                .get());
    return InstantiationUtil.deserializeObject(answer, getClass().getClassLoader());
  }

  private String tell(String id, Verb verb, String shard) throws Exception {
    return tell(new CommandRequest(id, verb, shard));
  }

  private String tell(CommandRequest request) throws Exception {
    return JsonAnswer.read(coordinator.handleCoordinationRequest(request).get());
  }

  private static CommandRequest skip(
      String id, Position first, Position last, Long sequence, String reason) {
    return new CommandRequest(
        id, Verb.SKIP, "1", new SkipTarget(first, last, sequence, null, reason));
  }

  private static LaneStatus status(
      String shard,
      String state,
      Lane.Waiting waiting,
      boolean sealed,
      boolean calling,
      String... done) {
    return new LaneStatus(
        shard,
        state,
        waiting.name(),
        null,
        null,
        null,
        null,
        0,
        null,
        calling ? 1L : null,
        null,
        sealed ? new LaneStatus.Sealed(FIRST, LAST, 6) : null,
        null,
        0,
        0,
        0,
        0,
        List.of(done),
        List.of());
  }

  @Test
  void commandsWaitUntilEveryTaskHasToldItsShards() throws Exception {
    ready();
    assertThat(tell("c1", Verb.RESUME, null)).contains("not every task has told its shards yet");
    pull(0);
    assertThat(tell("c2", Verb.RESUME, null)).contains("not every task has told its shards yet");
    pull(1);
    assertThat(tell("c3", Verb.RESUME, null)).contains("\"refused\":null");
  }

  @Test
  void aShardThatIsKnownNeedNotWaitForTheOtherTasks() throws Exception {
    ready();
    pull(0, status("1", "SUSPENDED", Lane.Waiting.OPERATOR, true, false));
    assertThat(tell("c1", Verb.RESUME, "1")).contains("\"refused\":null", "REQUESTED");
    assertThat(tell("c2", Verb.RESUME, "2")).contains("not every task has told its shards yet");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RETRY | IDLE | RECORDS | false | false | IDLE; only a RETRYING shard can be tried again",
        "RETRY | SUSPENDED | OPERATOR | true | false | SUSPENDED; resume it",
        "RETRY | RETRYING | EARLIER_CALL | true | false | a call whose answer was lost may still",
        "RETRY | RETRYING | NEXT_ATTEMPT | true | false | ''",
        "SKIP | DELIVERING | ANSWER | true | true | a call is under way; suspend it, and skip",
        "SKIP | SUSPENDED | ANSWER | true | true | a call is under way; suspend it, and skip",
        "SKIP | SUSPENDED | OPERATOR | false | false | holds no envelope that has been tried",
        "SKIP | BLOCKED | NEXT_ATTEMPT | true | false | only of a SUSPENDED or RETRYING shard",
        "SKIP | SUSPENDED | OPERATOR | true | false | ''",
        "SKIP | RETRYING | NEXT_ATTEMPT | true | false | ''",
        "SUSPEND | SUSPENDED | OPERATOR | true | false | cannot be suspended",
        "RESUME | RETRYING | NEXT_ATTEMPT | true | false | only a SUSPENDED shard can be resumed",
      })
  void aCommandThatMakesNoSenseIsRefusedWithTheReason(
      Verb verb, String state, Lane.Waiting waiting, boolean sealed, boolean calling, String says)
      throws Exception {
    ready();
    pull(0, status("1", state, waiting, sealed, calling));
    pull(1);
    String answer =
        verb == Verb.SKIP ? tell(skip("c", null, null, null, "poison")) : tell("c", verb, "1");
    if (says.isEmpty()) {
      assertThat(answer).contains("\"refused\":null", "REQUESTED");
    } else {
      assertThat(answer).contains("\"refused\":\"shard 1 is ", says).doesNotContain("REQUESTED");
    }
  }

  @Test
  void whatIsSkippedIsExactlyWhatTheOperatorSaw() throws Exception {
    ready();
    pull(0, status("1", "SUSPENDED", Lane.Waiting.OPERATOR, true, false));
    pull(1);
    assertThat(tell(skip("c1", FIRST, new Position(8, 0, 0), null, "poison")))
        .contains("is another one now, from 5.0 to 9.1");
    assertThat(tell(skip("c2", null, null, 10L, "poison"))).contains("no record of sequence 10");
    assertThat(tell(skip("c3", null, null, null, " "))).contains("needs a shard, and a reason");
    assertThat(tell(skip("c4", null, null, null, "two\nlines"))).contains("needs a shard, and a");
    assertThat(tell(skip("c5", null, null, null, "x".repeat(501)))).contains("500 characters");
    assertThat(tell("c6", Verb.SKIP, null)).contains("needs a shard, and a reason");
    assertThat(tell(skip("c7", new Position(5, 0, 0), LAST, 7L, " poison "))).contains("REQUESTED");

    Command given = pull(0).commands().get(0);
    assertThat(given.skip()).isEqualTo(new SkipTarget(FIRST, LAST, 7L, null, "poison"));
    pull(0, List.of(new Miss(given, "it was delivered")));
    assertThat(tell(skip("c7", null, null, null, "poison")))
        .contains("\"stage\":\"MISSED\",\"reason\":\"it was delivered\"");
  }

  /**
   * As if a JobManager had died after a checkpoint that has, in a task's part, a command which came
   * after the coordinator's part.
   */
  private void beginAgain(LaneStatus... told) throws Exception {
    coordinator.resetToCheckpoint(1, new byte[0]);
    ready();
    pull(0, told);
    pull(1);
  }

  @Test
  void whatATaskHasDoneIsNotRefusedByAJobManagerThatDoesNotKnowIt() throws Exception {
    LaneStatus suspended =
        status("1", "SUSPENDED", Lane.Waiting.OPERATOR, true, false, "earlier", "c1");
    beginAgain(suspended, status("2", "DELIVERING", Lane.Waiting.ANSWER, true, true, "c2"));
    assertThat(tell("c1", Verb.SUSPEND, "1")).contains("\"refused\":null", "\"APPLIED\"");
    assertThat(tell("other", Verb.SUSPEND, "1")).contains("cannot be suspended");
    assertThat(tell("c2", Verb.RETRY, "2")).contains("\"refused\":null", "\"APPLIED\"");
    assertThat(pull(0).commands()).isEmpty();
    coordinator.checkpointCoordinator(2, new CompletableFuture<>());
    coordinator.notifyCheckpointComplete(2);
    assertThat(tell("c1", Verb.SUSPEND, "1")).contains("\"DURABLE\"");
  }

  @Test
  void anEnvelopeThatWasSkippedIsNotTakenForTheOneBehindIt() throws Exception {
    beginAgain(status("1", "RETRYING", Lane.Waiting.NEXT_ATTEMPT, true, false, "c1"));
    Position before = new Position(3, 0, 0);
    assertThat(tell(skip("c1", before, before, null, "poison"))).contains("\"APPLIED\"");
    assertThat(tell(skip("c1", null, null, null, "poison"))).contains("\"APPLIED\"");
    assertThat(pull(0).commands()).isEmpty();
    assertThat(JsonAnswer.read(coordinator.handleCoordinationRequest(new StatusRequest()).get()))
        .contains("\"skipped\":[{\"id\":\"c1\",\"shard\":\"1\"", "\"reason\":\"poison\"}]");
    assertThat(tell(skip("c2", before, before, null, "poison"))).contains("is another one now");
  }

  @Test
  void ofACommandToAllOnlyThoseAreToldThatHaveNotDoneIt() throws Exception {
    beginAgain(
        status("1", "SUSPENDED", Lane.Waiting.OPERATOR, true, false, "c1"),
        status("2", "IDLE", Lane.Waiting.RECORDS, false, false, "c1"),
        status("3", "IDLE", Lane.Waiting.RECORDS, false, false));
    assertThat(tell("c1", Verb.SUSPEND, null))
        .contains(
            "{\"shard\":\"1\",\"stage\":\"APPLIED\"",
            "{\"shard\":\"2\",\"stage\":\"APPLIED\"",
            "{\"shard\":\"3\",\"stage\":\"REQUESTED\"");
    assertThat(pull(0).commands()).extracting(Command::shard).containsExactly("3");
  }

  @Test
  void aMoveThatWasMadeOfAllOrOfSomeIsToldAsWhatItIs() throws Exception {
    beginAgain(
        status("1", "IDLE", Lane.Waiting.RECORDS, false, false, "c1", "c2"),
        status("2", "IDLE", Lane.Waiting.RECORDS, false, false, "c2"));
    assertThat(tell("c1", Verb.SEEK, "1")).contains("\"refused\":null", "\"APPLIED\"");
    assertThat(tell("c2", Verb.SEEK, null)).contains("\"refused\":null", "\"APPLIED\"");
    assertThat(tell("c3", Verb.SEEK, "1")).contains("nothing is known of this move");
    beginAgain(
        status("1", "IDLE", Lane.Waiting.RECORDS, false, false, "c1"),
        status("2", "IDLE", Lane.Waiting.RECORDS, false, false));
    assertThat(tell("c1", Verb.SEEK, null)).contains("it was made of shards [1];");
  }

  @Test
  void whatIsRefusedOnlyBecauseTheTasksAreNotBackIsToBeAskedAgain() throws Exception {
    coordinator.resetToCheckpoint(1, new byte[0]);
    ready();
    for (Verb verb : Verb.values()) {
      assertThat(tell("c1", verb, "1")).contains("not every task has told", "\"later\":true");
    }
    pull(0);
    pull(1);
    assertThat(tell("c1", Verb.SUSPEND, "1")).contains("there is no shard 1", "\"later\":false");
  }

  @Test
  void retryWithoutAShardMeansAllThatWait() throws Exception {
    ready();
    pull(
        0,
        status("1", "RETRYING", Lane.Waiting.NEXT_ATTEMPT, true, false),
        status("2", "IDLE", Lane.Waiting.RECORDS, false, false));
    pull(1, status("3", "RETRYING", Lane.Waiting.NEXT_ATTEMPT, true, false));
    tell("c1", Verb.RETRY, null);
    assertThat(pull(0).commands()).extracting(Command::shard).containsExactly("1");
    assertThat(pull(1).commands()).extracting(Command::shard).containsExactly("3");
  }
}
