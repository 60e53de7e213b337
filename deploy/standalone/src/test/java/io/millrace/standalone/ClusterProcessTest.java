// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterProcessTest {

  @TempDir private Path directory;
  private ClusterLayout layout;
  private ClusterProcess process;

  @BeforeEach
  void start() {
    layout = new ClusterLayout(directory);
    layout.create();
    process = ClusterProcess.start(layout, "sleeper-0", List.of("sleep", "600"), Map.of());
  }

  @AfterEach
  void end() {
    process.kill();
  }

  private ClusterProcess reread() {
    return ClusterProcess.read(layout.pidOf("sleeper-0"));
  }

  @Test
  void aClockThatWasSetHidesNoProcess() {
    assumeThat(Path.of("/proc/self/stat")).exists();
    Properties file = PropertyFile.read(layout.pidOf("sleeper-0"));
    Instant started = Instant.parse(file.getProperty("started"));
    file.setProperty("started", started.minus(Duration.ofHours(1)).toString());
    PropertyFile.write(layout.pidOf("sleeper-0"), file);
    assertThat(reread().isAlive()).isTrue();
  }

  @Test
  void aPidThatWasGivenToAnotherIsNotTheProcess() {
    assertThat(reread()).isEqualTo(process);
    assumeThat(process.ticks()).isPresent();
    OptionalLong other = OptionalLong.of(process.ticks().getAsLong() - 1);
    assertThat(new ClusterProcess("sleeper-0", process.pid(), process.started(), other).isAlive())
        .isFalse();
  }

  @Test
  void withoutTicksSecondsAreTolerated() {
    Instant before = process.started().minusSeconds(2);
    Instant longBefore = process.started().minusSeconds(20);
    assertThat(named(before).isAlive()).isTrue();
    assertThat(named(longBefore).isAlive()).isFalse();
  }

  private ClusterProcess named(Instant started) {
    return new ClusterProcess("sleeper-0", process.pid(), started, OptionalLong.empty());
  }

  @Test
  void whatAProcessLeavesGoesWhenItIsDead() throws Exception {
    ProcessTable table = new ProcessTable(layout);
    Path files = Files.createDirectories(layout.temporaryOf("sleeper-0").resolve("state"));
    Files.writeString(files.resolve("1.sst"), "left over");
    table.removeLeftOvers();
    assertThat(files).isNotEmptyDirectory();
    process.kill();
    table.removeLeftOvers();
    assertThat(layout.temporary()).isEmptyDirectory();
  }

  @Test
  void theTerminalsInterruptIsIgnoredAndAKillIsNot() throws Exception {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    assumeThat(status).exists();
    // It is the program itself, so its shell has run and the pid is its own.
    Path program = Path.of("/proc", Long.toString(process.pid()), "comm");
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> Files.readString(program).equals("sleep\n"));
    long ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElseThrow();
    int hangUpAndInterrupt = 0b11;
    assertThat(ignored & hangUpAndInterrupt).isEqualTo(hangUpAndInterrupt);
    process.kill();
    assertThat(process.isAlive()).isFalse();
  }
}
