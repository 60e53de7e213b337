// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.model.Position;
import org.junit.jupiter.api.Test;

final class CommandBookTest {

  private static final Command RESUME_1 = new Command("c1", Verb.RESUME, "1");

  private final CommandBook book = new CommandBook();

  @Test
  void aCommandIsDurableWithTheFirstCheckpointThatBeganAfterItWasApplied() throws Exception {
    book.request(RESUME_1);
    book.checkpoint(1);
    book.applied(RESUME_1);
    book.complete(1);
    assertThat(book.of("c1")).containsEntry(RESUME_1, CommandBook.Stage.APPLIED);
    book.checkpoint(2);
    book.complete(2);
    assertThat(book.of("c1")).containsEntry(RESUME_1, CommandBook.Stage.DURABLE);
  }

  @Test
  void whatAFailedAttemptAppliedIsSentAgain() throws Exception {
    book.request(RESUME_1);
    book.applied(RESUME_1);
    book.checkpoint(1);
    book.ownerReset(shard -> shard.equals("1"));
    // The checkpoint may still complete; the new attempt restored an older one.
    book.complete(1);
    assertThat(book.requested(shard -> true)).containsExactly(RESUME_1);
    assertThat(book.of("c1")).containsEntry(RESUME_1, CommandBook.Stage.REQUESTED);
  }

  @Test
  void whatIsNotAppliedOutlivesTheCoordinator() throws Exception {
    book.request(RESUME_1);
    book.request(new Command("c2", Verb.SUSPEND, "2"));
    book.applied(new Command("c2", Verb.SUSPEND, "2"));
    CommandBook restored = new CommandBook();
    restored.restore(book.checkpoint(7));
    assertThat(restored.requested(shard -> true)).containsExactly(RESUME_1);
  }

  @Test
  void askedTwiceIsDoneOnce() {
    book.request(RESUME_1);
    book.applied(RESUME_1);
    book.request(RESUME_1);
    assertThat(book.requested(shard -> true)).isEmpty();
  }

  @Test
  void whatATaskHasDoneIsDurableWithTheNextCheckpoint() throws Exception {
    book.done(RESUME_1);
    assertThat(book.requested(shard -> true)).isEmpty();
    book.checkpoint(3);
    book.complete(3);
    assertThat(book.of("c1")).containsEntry(RESUME_1, CommandBook.Stage.DURABLE);
  }

  @Test
  void onlyTheOwnerReceivesIt() {
    book.request(RESUME_1);
    assertThat(book.requested(shard -> shard.equals("2"))).isEmpty();
  }

  @Test
  void whatIsSkippedAndWhyItWasMissedOutliveTheCoordinator() throws Exception {
    Command whole = skip("c1", null, null);
    Command one = skip("c2", 7L, 1);
    Command several = skip("c3", 7L, null);
    book.request(whole);
    book.request(one);
    book.request(several);
    book.missed(new Miss(several, "too late"));
    CommandBook restored = new CommandBook();
    restored.restore(book.checkpoint(7));
    assertThat(restored.requested(shard -> true)).containsExactly(whole, one);
    assertThat(restored.skips()).isEmpty();
    restored.applied(one);
    assertThat(restored.skips()).containsExactly(one);
    assertThat(restored.of("c3")).containsEntry(several, CommandBook.Stage.MISSED);
    assertThat(restored.reason(several)).contains("too late");
  }

  @Test
  void whatNeedsALaneIsMissedWhenThereIsNone() {
    Command skip = skip("c1", null, null);
    Command suspend = new Command("c2", Verb.SUSPEND, "1");
    book.request(skip);
    book.request(suspend);
    book.missUnknown(shard -> shard.equals("1"));
    assertThat(book.requested(shard -> true)).containsExactly(skip, suspend);
    book.missUnknown(shard -> false);
    assertThat(book.of("c1")).containsEntry(skip, CommandBook.Stage.MISSED);
    assertThat(book.requested(shard -> true)).containsExactly(suspend);
  }

  private static Command skip(String id, Long sequence, Integer index) {
    return new Command(
        id,
        Verb.SKIP,
        "1",
        null,
        new SkipTarget(
            new Position(5, 0, 50), new Position(9, 2, 90), sequence, index, "a poison record"));
  }

  @Test
  void rememberedCommandsAreBounded() throws Exception {
    for (int i = 0; i < 3_000; i++) {
      Command command = new Command("c" + i, Verb.RESUME, "1");
      book.request(command);
      book.applied(command);
      book.checkpoint(i);
      book.complete(i);
    }
    assertThat(book.of("c0")).isEmpty();
    assertThat(book.of("c2999")).hasSize(1);
  }
}
