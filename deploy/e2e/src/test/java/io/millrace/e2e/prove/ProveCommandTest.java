// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.Millrace;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be proved is refused in one line, before anything is started. */
class ProveCommandTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--faults earthquake | 'earthquake' is not a fault; accepted: all, taskmanager-kill,",
        "--faults in-place-rescale | in-place-rescale is not accepted, only with --scheduler"
            + " adaptive",
        "--faults taskmanager-kill+in-place-rescale | only with --scheduler adaptive",
        "--faults split+taskmanager-kill | only split alone; in pairs: taskmanager-kill,",
        "--faults taskmanager-kill+split | only taskmanager-kill with one of jobmanager-kill,",
        "--faults ledger-slow+ledger-fails | only ledger-slow with one of taskmanager-kill,",
        "--faults taskmanager-kill+ | '' is not a fault",
        "--faults taskmanager-kill+ledger-slow+stream-slow | only two at once",
        "--faults taskmanager-kill --pairs 2 | --pairs: 2 is not accepted, only with --faults all",
        "--pairs 101 | --pairs: 101 is not accepted, only 0 to 100",
        "--scheduler fair | --scheduler",
        "--rate 100 | --rate: 100 is not accepted, only with --minutes",
        "--report soak.md | --report: soak.md is not accepted, only with --minutes",
        "--minutes 1 | --minutes: 1 is not accepted, only 2 to 1440",
        "--minutes 60 --records 9 | --records: 9 is not accepted, only without --minutes",
        "--minutes 1000 --rate 500 | --minutes: 1000 is not accepted, only 333 at --rate 500",
        "--minutes 60 --rate 0 | --rate: 0 is not accepted, only 1 to 4000",
        "--minutes 60 --fault-every 2s | --fault-every: 2s is not accepted, only a time of 5 s or",
        "--minutes 60 --fault-every soon | --fault-every: soon is not accepted, only a time of 5 s",
        "--minutes 60 --report no/such/soak.md | --report: no/such/soak.md is not accepted, only a",
        "--minutes 60 --pairs 2 | --pairs: 2 is not accepted, only with --faults all and without",
      })
  void isRefused(String arguments, String said) {
    PrintStream err = System.err;
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    int exitCode;
    try (PrintStream toCaught = new PrintStream(caught, true, StandardCharsets.UTF_8)) {
      System.setErr(toCaught);
      exitCode = Millrace.execute(("prove " + arguments).split(" "));
    } finally {
      System.setErr(err);
    }
    String printed = caught.toString(StandardCharsets.UTF_8);
    assertThat(printed.lines().findFirst().orElseThrow()).startsWith("millrace: ").contains(said);
    assertThat(printed).doesNotContain("Exception");
    assertThat(exitCode).isEqualTo(2);
  }
}
