// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What users get wrong is answered with one line. */
final class ConsoleCommandTest {

  @TempDir private Path directory;

  private static String refused(String... arguments) {
    CommandLine line = new CommandLine(new ConsoleCommand());
    StringWriter said = new StringWriter();
    line.setErr(new PrintWriter(said));
    line.setExecutionExceptionHandler(
        (failure, command, result) -> {
          command.getErr().println(failure.getMessage());
          return 2;
        });
    assertThat(line.execute(arguments)).isEqualTo(2);
    assertThat(said.toString().strip().lines()).hasSize(1);
    return said.toString().strip();
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      assertThat(refused("--jobmanager", "localhost:1", "--port", port))
          .startsWith("--port: cannot listen on 127.0.0.1:" + port + ": ");
    }
  }

  @Test
  void aPortThatIsNoneIsNamed() {
    assertThat(refused("--jobmanager", "localhost:1", "--port", "70000"))
        .isEqualTo("--port: 70000 is not a port; accepted: 1 to 65535, or 0 for any that is free");
  }

  @Test
  void whoeverListensForOthersNeedsAToken() {
    assertThat(refused("--jobmanager", "localhost:1", "--host", "0.0.0.0", "--port", "0"))
        .startsWith("--host: '0.0.0.0' is not loopback, so --token-file is needed");
  }

  @Test
  void aTokenThatIsShortOrMissingIsRefusedAndNotShown() throws Exception {
    Path file =
        Files.writeString(directory.resolve("token"), "secret\nmore than enough for a token\n");
    assertThat(refused("--jobmanager", "localhost:1", "--token-file", file.toString()))
        .startsWith("--token-file: the first line of '" + file + "' is too short")
        .doesNotContain("secret");
    assertThat(refused("--jobmanager", "localhost:1", "--token-file", "/nowhere"))
        .startsWith("--token-file: '/nowhere' cannot be read");
  }

  @Test
  void anAddressThatIsNoneIsNamed() {
    assertThat(refused("--jobmanager", "localhost:1", "--host", "300.1.2.3"))
        .startsWith("--host: '300.1.2.3' is not accepted");
    assertThat(refused("--jobmanager", "localhost"))
        .startsWith("--jobmanager: 'localhost' is not accepted");
  }
}
