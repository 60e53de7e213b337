// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class BenchCommandTest {

  @TempDir private Path directory;

  /** What the program does with a complaint is the program's matter. */
  private static String complaint(String... arguments) {
    StringWriter said = new StringWriter();
    CommandLine line = new CommandLine(new BenchCommand());
    line.setErr(new PrintWriter(said));
    line.setExecutionExceptionHandler(
        (failure, command, result) -> {
          command.getErr().print(failure.getMessage());
          return 2;
        });
    assertThat(line.execute(arguments)).isEqualTo(2);
    return said.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--peers=millrace,nobody; --peers: 'nobody' is not accepted; accepted: plain-loop",
        "--scenario=records=0; --scenario: records: '0' is not accepted; accepted: 1 to 1000",
        "--repeats=0; --repeats: 0 is not accepted; accepted: 1 to 100",
        "--seconds=601; --seconds: 601 is not accepted; accepted: 1 to 600",
        "--warm-up=0; --warm-up: 0 is not accepted; accepted: 1 to 600",
        "--capacity=rate=0; --capacity: rate: '0' is not accepted; accepted: 1 to 10000000"
      })
  void namesWhatItDoesNotAccept(String argument, String complaint) {
    assertThat(complaint(argument.strip())).startsWith(complaint.strip());
  }

  @Test
  void growthHasScenariosOfItsOwn() {
    assertThat(complaint("--growth", "--scenario=records=1")).startsWith("--growth has scenarios");
  }

  @Test
  void whatMeasuresNothingTakesNothingToMeasure() {
    assertThat(complaint("--capacity=shards=10", "--peers=millrace"))
        .startsWith("--capacity measures nothing");
  }

  /** The last line is for programs, and the exit code says whether it can be carried. */
  @ParameterizedTest
  @CsvSource({"1000, 0, true", "1000000, 1, false"})
  void tellsWhetherALoadCanBeCarried(int rate, int exitCode, boolean sustained) {
    StringWriter said = new StringWriter();
    CommandLine line = new CommandLine(new BenchCommand());
    line.setOut(new PrintWriter(said));
    String load = "--capacity=shards=16,slots=1,rate=" + rate;
    assertThat(line.execute(load)).isEqualTo(exitCode);
    String last = said.toString().lines().reduce("", (before, each) -> each);
    assertThat(last).startsWith("{\"load\":").contains("\"sustained\":" + sustained);
  }

  @Test
  void writesIntoNoDirectoryThatIsThere() {
    assertThat(complaint("--directory=" + directory))
        .startsWith("--directory: " + directory + " exists already");
  }
}
