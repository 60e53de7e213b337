// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.Millrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command that README lists is there and explains itself. */
final class CommandsTest {

  static Stream<String> commands() throws IOException {
    String line =
        Files.readAllLines(Path.of("../../README.md")).stream()
            .filter(text -> text.startsWith("- Commands: "))
            .findFirst()
            .orElseThrow();
    List<String> commands =
        Pattern.compile("`([a-z-]+)`").matcher(line).results().map(CommandsTest::name).toList();
    assertThat(commands).contains("quickstart", "prove", "emulator", "cluster", "bench");
    return commands.stream();
  }

  private static String name(MatchResult quoted) {
    return quoted.group(1);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void explainsItself(String command) {
    assertThat(Millrace.execute(command, "--help")).isZero();
  }
}
