// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.emulator.function.FunctionCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Functions in a process that the emulator starts: a server in one Java file, run by the JDK. */
@Timeout(300)
class CommandRuntimeTest {

  private static final String SERVER =
      """
      import com.sun.net.httpserver.HttpServer;
      import java.net.InetSocketAddress;

      public class Server {
        public static void main(String[] arguments) throws Exception {
          int port = Integer.parseInt(System.getenv("FC_SERVER_PORT"));
          if (!System.getenv("PORT").equals(System.getenv("FC_SERVER_PORT"))) System.exit(9);
          HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
          server.createContext("/invoke", exchange -> {
            String event = new String(exchange.getRequestBody().readAllBytes());
            System.out.println("event " + event);
            if (event.equals("exit")) {
              System.err.println("good bye");
              System.exit(3);
            }
            byte[] answer = (ProcessHandle.current().pid() + " "
                + exchange.getRequestHeaders().getFirst("x-fc-request-id")).getBytes();
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
          });
          server.start();
        }
      }
      """;

  @TempDir private static Path directory;

  private static String command;

  @BeforeAll
  static void write() throws Exception {
    Path file = Files.writeString(directory.resolve("Server.java"), SERVER);
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    command = "'" + java + "' -Xshare:auto -XX:TieredStopAtLevel=1 '" + file + "'";
  }

  @Test
  void runsRestartsAndEndsTheProcess() throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ProcessHandle second;
    try (Emulator emulator = emulator(command, output)) {
      HttpResponse<String> answer = invoke(emulator, "one");
      assertThat(answer.body())
          .endsWith(" " + answer.headers().firstValue("x-fc-request-id").orElseThrow());
      ProcessHandle first = process(answer);

      HttpResponse<String> crash = invoke(emulator, "exit");
      assertThat(crash.statusCode()).isEqualTo(200);
      assertThat(crash.headers().firstValue("X-Fc-Error-Type"))
          .hasValue("UnhandledInvocationError");
      assertThat(crash.body()).contains("Process exited unexpectedly before completing request");
      assertThat(log(crash)).contains("event exit\n").contains("good bye\n");
      assertThat(first.isAlive()).isFalse();

      second = process(invoke(emulator, "two"));
      assertThat(second.pid()).isNotEqualTo(first.pid());
      assertThat(second.isAlive()).isTrue();
      await()
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(() -> assertThat(output.toString(UTF_8)).contains("event two"));
    }
    assertThat(second.isAlive()).isFalse();
  }

  @Test
  void refusesACommandThatDoesNotComeUp() {
    assertThatThrownBy(() -> emulator("echo no such module; exit 7", new ByteArrayOutputStream()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("function command: 'echo no such module; exit 7' ended with exit")
        .hasMessageContaining("exit code 7 before it listened on port ")
        .hasMessageEndingWith("; it said: no such module");
  }

  private static Emulator emulator(String line, ByteArrayOutputStream output) {
    Emulator emulator =
        Emulator.builder()
            .function(new FunctionCode.Command(line))
            .functionOutput(new PrintStream(output, true, UTF_8))
            .start();
    emulator.functions().create("svc", "fn");
    return emulator;
  }

  private static HttpResponse<String> invoke(Emulator emulator, String event) throws Exception {
    return new SignedCaller(emulator).invoke("fn", event);
  }

  private static ProcessHandle process(HttpResponse<String> answer) {
    return ProcessHandle.of(Long.parseLong(answer.body().split(" ")[0])).orElseThrow();
  }

  private static String log(HttpResponse<String> response) {
    Optional<String> encoded = response.headers().firstValue("X-Fc-Log-Result");
    return new String(Base64.getDecoder().decode(encoded.orElseThrow()), UTF_8);
  }
}
