// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.cli.Screen.Size;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a terminal is sent, and what {@code status} exits with. */
final class ScreenTest {

  private final StringWriter text = new StringWriter();

  @Test
  void aPageIsDrawnOverTheOneBeforeOnAScreenOfItsOwn() {
    try (Screen screen = Screen.open(new PrintWriter(text), true)) {
      screen.show(List.of("abc", "a line that is too long"), new Size(3, 6));
    }
    assertThat(text.toString())
        .isEqualTo(
            "\033[?1049h\033[?25l"
                + "\033[Habc\033[K\r\na line\033[K\033[J"
                + "\033[?25h\033[?1049l");
  }

  @Test
  void whatDoesNotFitIsCounted() {
    try (Screen screen = Screen.open(new PrintWriter(text), true)) {
      screen.show(List.of("1", "2", "3", "4"), new Size(3, 80));
    }
    assertThat(text.toString()).contains("2\033[K\r\n… 2 lines more").doesNotContain("3\033");
  }

  @Test
  void elsewhereThanOnATerminalPagesFollowEachOther() {
    try (Screen screen = Screen.open(new PrintWriter(text), false)) {
      screen.show(List.of("1", "2"));
      screen.show(List.of("3"));
    }
    assertThat(text.toString()).isEqualToNormalizingNewlines("1\n2\n\n3\n\n");
  }

  @Test
  void theSizeIsWhatTheTerminalSaysOrTheUsualOne() {
    assertThat(Size.parse("50 132\n")).isEqualTo(new Size(50, 132));
    assertThat(Size.parse("0 0\n")).isEqualTo(Size.USUAL);
    assertThat(Size.parse("")).isEqualTo(Size.USUAL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true  | {\"state\":\"RUNNING\",\"blocked\":null,\"shards\":[{\"state\":\"RETRYING\"}]}",
        "true  | {\"state\":\"FINISHED\",\"blocked\":null,\"shards\":[]}",
        "false | {\"state\":\"RUNNING\",\"blocked\":null,\"shards\":[{\"state\":\"SUSPENDED\"}]}",
        "false | {\"state\":\"RUNNING\",\"blocked\":{\"since\":1},\"shards\":[]}",
        "false | {\"state\":\"RESTARTING\",\"blocked\":null,\"shards\":[]}",
        "false | {\"state\":\"FAILED\",\"blocked\":null,\"shards\":[]}",
      })
  void aScriptCanAlarmByTheExitCode(boolean well, String status) throws Exception {
    assertThat(StatusCommand.isWell(new ObjectMapper().readTree(status))).isEqualTo(well);
  }
}
