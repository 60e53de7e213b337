// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.e2e.oracle.Ledger;
import io.millrace.emulator.datahub.OffsetJournal;
import io.millrace.emulator.datahub.OffsetJournal.Action;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SubscriptionConsoleTest {

  private static OffsetJournal.Entry entry(
      long at, Action action, String subscription, Optional<String> refusal) {
    return new OffsetJournal.Entry(
        at, action, "p/t", subscription, "3", 1_000, at * 10, 0, 1, 0, refusal);
  }

  @Test
  void aLedgerHasWhatWasAcceptedOfItsOwnSubscription() {
    assertThat(
            SubscriptionConsole.accepted(
                List.of(
                    entry(1, Action.OPEN, "mine", Optional.empty()),
                    entry(2, Action.COMMIT, "mine", Optional.empty()),
                    entry(3, Action.COMMIT, "other", Optional.empty()),
                    entry(4, Action.COMMIT, "mine", Optional.of("OffsetSessionChanged")),
                    entry(5, Action.RESET, "mine", Optional.empty())),
                "mine"))
        .containsExactly(new Ledger.Write(2, "3", 20), new Ledger.Write(5, "3", 50));
  }
}
