// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.e2e.oracle.Invocation.Fate;
import io.millrace.e2e.oracle.Ledger;
import io.millrace.emulator.datahub.OffsetJournal;
import io.millrace.emulator.datahub.OffsetJournal.Action;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JournalEvidenceTest {

  @Test
  void aProcessIsKnownByItsPid() {
    assertThat(JournalEvidence.process("millrace/0.1.0-SNAPSHOT (4711@host-1)")).isEqualTo("4711");
    assertThat(JournalEvidence.process("curl/8.0")).isEqualTo("curl/8.0");
  }

  private static OffsetJournal.Entry entry(
      long at, Action action, String subscription, Optional<String> refusal) {
    return new OffsetJournal.Entry(
        at, action, "p/t", subscription, "3", 1_000, at * 10, 0, 1, 0, refusal);
  }

  @Test
  void aLedgerHasWhatWasAcceptedOfItsOwnSubscription() {
    Ledger ledger =
        JournalEvidence.ledger(
            Ledger.Mode.STRICT,
            List.of(
                entry(1, Action.OPEN, "mine", Optional.empty()),
                entry(2, Action.COMMIT, "mine", Optional.empty()),
                entry(3, Action.COMMIT, "other", Optional.empty()),
                entry(4, Action.COMMIT, "mine", Optional.of("OffsetSessionChanged")),
                entry(5, Action.RESET, "mine", Optional.empty())),
            "mine");
    assertThat(ledger.mode()).isEqualTo(Ledger.Mode.STRICT);
    assertThat(ledger.writes())
        .containsExactly(new Ledger.Write(2, "3", 20), new Ledger.Write(5, "3", 50));
  }

  @Test
  void onlyAnAnswerThatWasSentAcknowledges() {
    assertThat(JournalEvidence.fate("ok")).isEqualTo(Fate.ACKNOWLEDGED);
    assertThat(JournalEvidence.fate("error")).isEqualTo(Fate.FAILED);
    assertThat(JournalEvidence.fate("refused")).isEqualTo(Fate.FAILED);
    assertThat(JournalEvidence.fate("dropped-before")).isEqualTo(Fate.CUT);
    assertThat(JournalEvidence.fate("dropped-after")).isEqualTo(Fate.CUT);
    for (String unknown : new String[] {"open", "hung", "truncated", "client-gone"}) {
      assertThat(JournalEvidence.fate(unknown)).as(unknown).isEqualTo(Fate.UNKNOWN);
    }
    assertThatThrownBy(() -> JournalEvidence.fate("new")).hasMessageContaining("new");
  }
}
