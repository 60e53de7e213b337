// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.e2e.oracle.Invocation.Fate;
import org.junit.jupiter.api.Test;

class JournalEvidenceTest {

  @Test
  void aProcessIsKnownByItsPid() {
    assertThat(JournalEvidence.process("millrace/0.1.0-SNAPSHOT (4711@host-1)")).isEqualTo("4711");
    assertThat(JournalEvidence.process("curl/8.0")).isEqualTo("curl/8.0");
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
