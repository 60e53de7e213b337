// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ProcessProbeTest {

  private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");

  /** No test is to fail because the machine is slow. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  @Test
  void theHeapIsTheSumOfItsPartsWithoutMetaspace() throws IOException {
    assertThat(
            ProcessProbe.heap(
                """
                123:
                Command executed successfully
                 garbage-first heap   total 393216K, used 58000K [0x0, 0x1)
                  region size 1024K, 2 young (2048K), 0 survivors (0K)
                 Metaspace       used 77777K, committed 78000K, reserved 1114112K
                """))
        .isEqualTo(58_000 * 1024.0);
    assertThat(
            ProcessProbe.heap(
                """
                 def new generation   total 78656K, used 1000K [0x0, 0x1, 0x2)
                 tenured generation   total 174784K, used 20000K [0x0, 0x1, 0x2)
                """))
        .isEqualTo(21_000 * 1024.0);
    assertThat(ProcessProbe.metaspace(" Metaspace       used 77777K, committed 78000K"))
        .isEqualTo(77_777 * 1024.0);
    assertThatThrownBy(() -> ProcessProbe.heap("123:\nNo such command"))
        .isInstanceOf(IOException.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aProcessIsReadFromOutside() throws Exception {
    ProcessProbe probe = new ProcessProbe(directory, JCMD, PATIENCE);
    long pid = ProcessHandle.current().pid();
    try (ServerSocket socket = new ServerSocket(0)) {
      Map<Quantity, Double> values = probe.read(pid);
      assertThat(socket.isBound()).isTrue();
      assertThat(values)
          .containsOnlyKeys(
              Quantity.HEAP,
              Quantity.METASPACE,
              Quantity.THREADS,
              Quantity.SOCKETS,
              Quantity.OPEN_FILES);
      assertThat(values.values()).allMatch(value -> value > 0);
    }
  }

  /** Else its threads and files would be taken for few. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void ofAProcessThatHasEndedThereIsNothing() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    assertThat(new ProcessProbe(directory).read(ended.pid())).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatCannotBeReadHasNoValue() throws Exception {
    ProcessProbe withoutTool = new ProcessProbe(directory, directory.resolve("jcmd"), PATIENCE);
    assertThat(withoutTool.read(ProcessHandle.current().pid()))
        .containsOnlyKeys(Quantity.THREADS, Quantity.SOCKETS, Quantity.OPEN_FILES);
  }
}
