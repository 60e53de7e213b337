// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.emulator.function.FunctionCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions of FunctionGraph that are a user's own: a container, a command, a Java class. */
@Timeout(300)
class FunctionGraphRuntimeTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String EVENT =
      "{\"ShardID\":\"shardId-0000000000\",\"Message\":{\"records\":[{\"data\":\"eA==\"}]},\"x\":1}";

  /** The shape of both clouds' interfaces, under a name of its own. */
  private static final String CODE =
      """
      package example;

      public class Functions {
        public interface Logger { void info(String line); void setLevel(String level); }
        public interface Context {
          String getRequestID();
          int getRemainingTimeInMilliSeconds();
          String getFunctionName();
          String getProjectID();
          String getPackage();
          String getVersion();
          String getSecurityAccessKey();
          String getUserData(String key);
          int getMemorySize();
          Logger getLogger();
        }
        public static class Event {
          public String ShardID;
          public Message Message;
        }
        public static class Message { public java.util.List<java.util.Map<String, String>> records; }
        public static class Answer { public int count; public String shard; }

        private int handled;

        public Answer count(Event event, Context context) {
          Answer answer = new Answer();
          answer.count = event.Message.records.size() * 10 + ++handled;
          answer.shard = event.ShardID;
          return answer;
        }

        public String text(String event, Context context) {
          context.getLogger().info("event of " + event.length());
          context.getLogger().setLevel("x");
          if (event.contains("fail")) throw new IllegalStateException("no stock");
          return context.getRequestID() + " " + context.getProjectID() + "/" + context.getPackage()
              + "/" + context.getFunctionName() + "/" + context.getVersion() + " "
              + context.getSecurityAccessKey() + " " + context.getMemorySize() + " "
              + context.getUserData("none") + " " + (context.getRemainingTimeInMilliSeconds() > 1000);
        }

        public String none(String event) { return event; }
      }
      """;

  private static final String SERVER =
      """
      import com.sun.net.httpserver.HttpServer;
      import java.net.InetSocketAddress;

      public class Server {
        public static void main(String[] arguments) throws Exception {
          int port = Integer.parseInt(System.getenv("PORT"));
          HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
          server.createContext("/invoke", exchange -> {
            System.out.println("event of " + exchange.getRequestBody().readAllBytes().length);
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes());
            exchange.close();
          });
          server.start();
        }
      }
      """;

  @TempDir private static Path directory;

  @BeforeAll
  static void compile() throws IOException {
    Path file = Files.writeString(directory.resolve("Functions.java"), CODE);
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-d", directory.toString(), file.toString());
    assertThat(failed).isZero();
  }

  @Test
  void aContainerGetsTheEventAndTheContext() throws Exception {
    AtomicReference<Consumer<HttpExchange>> function = new AtomicReference<>();
    AtomicReference<String> seen = new AtomicReference<>();
    HttpServer container =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    container.createContext("/invoke", exchange -> function.get().accept(exchange));
    container.start();
    URI url = URI.create("http://127.0.0.1:" + container.getAddress().getPort());
    try (Emulator emulator = emulator(new FunctionCode.Url(url), new ByteArrayOutputStream())) {
      function.set(
          exchange -> {
            var headers = exchange.getRequestHeaders();
            seen.set(
                String.join(
                    " ",
                    exchange.getRequestMethod(),
                    headers.getFirst("Content-Type"),
                    headers.getFirst("X-CFF-Project-Id"),
                    headers.getFirst("X-CFF-Package"),
                    headers.getFirst("X-CFF-Func-Name"),
                    headers.getFirst("X-CFF-Func-Version"),
                    headers.getFirst("X-CFF-Timeout"),
                    headers.getFirst("X-CFF-Security-Access-Key"),
                    headers.getFirst("X-CFF-Request-Id")));
            answer(exchange, 200, "\"done\"");
          });
      JsonNode answer = json(TokenCaller.invoke(emulator, "f", EVENT));
      assertThat(answer.get("result").asText()).isEqualTo("\"done\"");
      assertThat(seen)
          .hasValue(
              "POST application/json p1 default f latest 600 testid "
                  + answer.get("request_id").asText());
      assertThat(emulator.journal().entries().get(0).body()).isEqualTo(EVENT);

      function.set(exchange -> answer(exchange, 500, "{\"errorMessage\":\"no\"}"));
      HttpResponse<String> failed = TokenCaller.invoke(emulator, "f", EVENT);
      assertThat(failed.headers().firstValue("X-Is-Func-Err")).hasValue("true");
      assertThat(failed.headers().firstValue("X-Func-Err-Code")).hasValue("500");
      assertThat(json(failed).get("result").asText()).isEqualTo("{\"errorMessage\":\"no\"}");

      container.stop(0);
      // Until its selector lets go of the socket, it is still connected to, and then cut off.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                JsonNode refused = json(TokenCaller.invoke(emulator, "f", EVENT));
                assertThat(refused.get("status").asInt()).isEqualTo(555);
                assertThat(refused.get("result").asText()).contains("nothing listens on");
              });
    } finally {
      container.stop(0);
    }
  }

  @Test
  void aCommandIsStartedOnItsPort() throws Exception {
    Path file = Files.writeString(directory.resolve("Server.java"), SERVER);
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String line = "'" + java + "' -Xshare:auto -XX:TieredStopAtLevel=1 '" + file + "'";
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (Emulator emulator = emulator(new FunctionCode.Command(line, OptionalInt.of(0)), output)) {
      HttpResponse<String> answer = TokenCaller.invoke(emulator, "f", EVENT);
      assertThat(json(answer).get("result").asText()).isEqualTo("ok");
      assertThat(json(answer).get("log").asText()).contains("event of " + EVENT.length());
      assertThat(log(answer)).contains("event of " + EVENT.length());
    }
  }

  @Test
  void aMethodGetsTheEventAsItsTypeAndAContext() throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (Emulator emulator = emulator(handler("count"), output)) {
      assertThat(json(TokenCaller.invoke(emulator, "f", EVENT)).get("result").asText())
          .isEqualTo("{\"count\":11,\"shard\":\"shardId-0000000000\"}");
      assertThat(json(TokenCaller.invoke(emulator, "f", EVENT)).get("result").asText())
          .contains("\"count\":12");
    }
    try (Emulator emulator = emulator(handler("text"), output)) {
      JsonNode answer = json(TokenCaller.invoke(emulator, "f", EVENT));
      assertThat(answer.get("result").asText())
          .isEqualTo(
              answer.get("request_id").asText() + " p1/default/f/latest testid 128 null true");
      assertThat(answer.get("log").asText()).contains("[INFO] event of " + EVENT.length());
      assertThat(output.toString(UTF_8)).contains("event of " + EVENT.length());

      JsonNode failed = json(TokenCaller.invoke(emulator, "f", "{\"a\":\"fail\"}"));
      assertThat(failed.get("status").asInt()).isEqualTo(500);
      assertThat(failed.get("result").asText())
          .contains("\"errorMessage\":\"no stock\"")
          .contains("\"errorType\":\"java.lang.IllegalStateException\"");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Functions | accepted: package.Class.method",
        "example.Missing.run | cannot be loaded from the function's jar",
        "example.Functions.none | has no public method none(event, context)",
        "example.Functions.missing | has no public method missing(event, context)",
      })
  void refusesWhatIsNoHandler(String name, String says) {
    FunctionCode code = new FunctionCode.Handler(name, List.of(directory));
    assertThatThrownBy(() -> emulator(code, new ByteArrayOutputStream()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("function handler: '" + name + "': ")
        .hasMessageContaining(says)
        .message()
        .doesNotContain("\n");
  }

  private static FunctionCode handler(String method) {
    return new FunctionCode.Handler("example.Functions." + method, List.of(directory));
  }

  private static Emulator emulator(FunctionCode code, ByteArrayOutputStream output) {
    Emulator emulator =
        Emulator.builder()
            .authToken("T")
            .functionGraphCode(code)
            .functionOutput(new PrintStream(output, true, UTF_8))
            .start();
    emulator.functionGraph().create("p1", "default", "f");
    return emulator;
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    assertThat(answer.statusCode()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }

  private static String log(HttpResponse<String> answer) {
    return new String(
        Base64.getDecoder().decode(answer.headers().firstValue("X-Cff-Function-Log").orElseThrow()),
        UTF_8);
  }

  private static void answer(HttpExchange exchange, int status, String body) {
    try {
      exchange.getRequestBody().readAllBytes();
      byte[] bytes = body.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
