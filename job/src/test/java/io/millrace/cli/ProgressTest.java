// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class ProgressTest {

  private final StringWriter err = new StringWriter();

  @Test
  void aTerminalShowsTheLastStepOnly() {
    try (Progress progress = new Progress(new PrintWriter(err), true)) {
      progress.step("twelve");
      progress.step("one");
      progress.step("one");
    }
    assertThat(err.toString()).isEqualTo("\rtwelve\rone   \r   \r");
  }

  @Test
  void aLogHasEachStepOnce() {
    try (Progress progress = new Progress(new PrintWriter(err), false)) {
      progress.step("one");
      progress.step("one");
      progress.say("stays");
      progress.step("two");
    }
    assertThat(err.toString().lines()).containsExactly("one", "stays", "two");
  }
}
