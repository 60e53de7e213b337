// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.emulator.function.FunctionCode;
import io.millrace.emulator.function.FunctionLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions that are classes of the user's, compiled and packed as a user does it. */
@Timeout(300)
class JavaHandlerTest {

  private static final String IMPORTS =
      "package example; import com.aliyun.fc.runtime.*; import java.io.*;\n";

  private static final String STREAM =
      IMPORTS
          + """
          public class Stream implements StreamRequestHandler, FunctionInitializer {
            private int initialized;
            private int handled;
            public void initialize(Context context) {
              initialized++;
              context.getLogger().info("initializing");
            }
            public void handleRequest(InputStream in, OutputStream out, Context context)
                throws IOException {
              String event = new String(in.readAllBytes());
              handled++;
              context.getLogger().info("event " + event);
              if (event.contains("fail")) throw new IllegalStateException("no stock");
              if (event.contains("sleep")) {
                try { Thread.sleep(60_000); } catch (InterruptedException e) { }
              }
              out.write((event + " " + initialized + "/" + handled
                  + " " + context.getRequestId()
                  + " " + context.getFunctionParam().getFunctionName()
                  + " " + context.getFunctionParam().getExecTimeLimitInMillis()
                  + " " + context.getService().getName()
                  + " " + context.getService().getQualifier()
                  + " " + context.getExecutionCredentials().getAccessKeyId()
                  + " " + context.getExecutionCredentials().getSecurityToken()
                  + " " + emulatorIsVisible()).getBytes());
            }
            private static boolean emulatorIsVisible() {
              try {
                Class.forName("io.millrace.emulator.Emulator");
                return true;
              } catch (ClassNotFoundException e) {
                return false;
              }
            }
          }
          """;

  private static final String POJO =
      IMPORTS
          + """
          import java.util.List;
          public class Pojo implements PojoRequestHandler<Pojo.Event, Pojo.Answer> {
            public static class Event {
              public List<Record> records;
              public Event() { }
            }
            public static class Record { public String eventId; }
            public static class Answer {
              public int count;
              public String last;
            }
            public Answer handleRequest(Event event, Context context) {
              Answer answer = new Answer();
              answer.count = event.records.size();
              answer.last = event.records.get(answer.count - 1).eventId;
              return answer;
            }
          }
          """;

  private static final String TEXT =
      IMPORTS
          + """
          public class Text implements PojoRequestHandler<String, String> {
            public String handleRequest(String event, Context context) {
              return "got " + event;
            }
          }
          """;

  private static final String NONE = "package example; public class None { }";

  @TempDir private static Path directory;

  private static Path classes;
  private static Path jar;

  @BeforeAll
  static void pack() throws IOException {
    classes = Files.createDirectories(directory.resolve("classes"));
    jar = directory.resolve("function.jar");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    for (String name : List.of("Stream", "Pojo", "Text", "None")) {
      String source =
          switch (name) {
            case "Stream" -> STREAM;
            case "Pojo" -> POJO;
            case "Text" -> TEXT;
            default -> NONE;
          };
      Path file = Files.writeString(directory.resolve(name + ".java"), source);
      int failed =
          compiler.run(
              null,
              null,
              null,
              "-proc:none",
              "-cp",
              System.getProperty("java.class.path"),
              "-d",
              classes.toString(),
              file.toString());
      assertThat(failed).as(name).isZero();
    }
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, entries);
      }
    }
  }

  @Test
  void streamHandlerRunsWithItsContextAndIsInitializedOnce() throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (Emulator emulator = emulator("example.Stream::handleRequest", jar, output)) {
      HttpResponse<String> first = invoke(emulator, "one");
      HttpResponse<String> second = invoke(emulator, "two");

      assertThat(first.body())
          .isEqualTo(
              "one 1/1 "
                  + first.headers().firstValue("x-fc-request-id").orElseThrow()
                  + " fn 120000 svc LATEST testid  false");
      assertThat(second.body()).startsWith("two 1/2 ");
      assertThat(log(first)).contains("[INFO] initializing\n").contains("[INFO] event one\n");
      assertThat(log(second)).doesNotContain("initializing").contains("[INFO] event two\n");
      assertThat(output.toString(UTF_8)).contains("event one").contains("event two");
    }
  }

  @Test
  void whatItThrowsIsAnErrorWithItsLog() throws Exception {
    try (Emulator emulator = emulator("example.Stream", jar, new ByteArrayOutputStream())) {
      HttpResponse<String> response = invoke(emulator, "fail");

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("X-Fc-Error-Type"))
          .hasValue("HandledInvocationError");
      assertThat(response.body())
          .contains("\"errorMessage\":\"no stock\"")
          .contains("\"errorType\":\"java.lang.IllegalStateException\"")
          .contains("example.Stream.handleRequest");
      assertThat(log(response)).contains("[INFO] event fail\n");
      assertThat(emulator.journal().entries().get(0).outcome()).isEqualTo("error");
    }
  }

  @Test
  void whileOneInstanceIsBusyAnotherIsMade() throws Exception {
    try (Emulator emulator = emulator("example.Stream", jar, new ByteArrayOutputStream())) {
      emulator
          .functions()
          .create("svc", "fn", FunctionLimits.DEFAULT.withTimeout(Duration.ofSeconds(1)));
      assertThat(invoke(emulator, "sleep").body()).contains("Function timed out after 1 seconds");
      emulator
          .functions()
          .create("svc", "fn", FunctionLimits.DEFAULT.withTimeout(Duration.ofMinutes(2)));
      assertThat(invoke(emulator, "next").body()).startsWith("next 1/1 ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "example.Pojo | {\"records\":[{\"eventId\":\"0:1\",\"x\":1},{\"eventId\":\"0:2\"}],\"y\":2}"
            + " | {\"count\":2,\"last\":\"0:2\"}",
        "example.Text | {\"a\":1} | got {\"a\":1}",
      })
  void objectsComeAndGoAsJsonAndStringsAsTheyAre(String handler, String event, String answer)
      throws Exception {
    try (Emulator emulator = emulator(handler, classes, new ByteArrayOutputStream())) {
      assertThat(invoke(emulator, event).body()).isEqualTo(answer);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "example.Missing | cannot be loaded from the function's jar",
        "example.Stream::other | accepted: package.Class or package.Class::handleRequest",
        "example.None | example.None is neither a StreamRequestHandler nor a PojoRequestHandler",
        "io.millrace.emulator.Emulator | cannot be loaded from the function's jar",
      })
  void refusesWhatIsNoHandler(String handler, String says) {
    assertThatThrownBy(() -> emulator(handler, jar, new ByteArrayOutputStream()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("function handler: ")
        .hasMessageContaining(says)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void refusesAJarThatIsNotThere() {
    assertThatThrownBy(
            () ->
                emulator(
                    "example.Stream", directory.resolve("no.jar"), new ByteArrayOutputStream()))
        .hasMessageStartingWith("function jar: '")
        .hasMessageContaining("no.jar' cannot be read");
  }

  private static Emulator emulator(String handler, Path path, ByteArrayOutputStream output) {
    Emulator emulator =
        Emulator.builder()
            .function(new FunctionCode.Handler(handler, List.of(path)))
            .functionOutput(new PrintStream(output, true, UTF_8))
            .start();
    emulator
        .functions()
        .create("svc", "fn", FunctionLimits.DEFAULT.withTimeout(Duration.ofMinutes(2)));
    return emulator;
  }

  private static HttpResponse<String> invoke(Emulator emulator, String event) throws Exception {
    return new SignedCaller(emulator).invoke("fn", event);
  }

  private static String log(HttpResponse<String> response) {
    Optional<String> encoded = response.headers().firstValue("X-Fc-Log-Result");
    return new String(Base64.getDecoder().decode(encoded.orElseThrow()), UTF_8);
  }
}
