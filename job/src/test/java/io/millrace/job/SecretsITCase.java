// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.ServiceKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A job with secrets that delivers, is refused, fails and is stopped: none of its secrets is in a
 * log, in Flink's REST answers, in the job graph, in a checkpoint or savepoint, or in an exception.
 */
final class SecretsITCase {

  private static final String SECRET = "Zk7-the-secret-nobody-may-see";
  private static final String TOKEN = "Qx3-the-token-nobody-may-see";
  private static final String AUTH_TOKEN = "Jw5-the-iam-token-nobody-may-see";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  private EmulatedClouds clouds;
  private LogSearch log;

  @BeforeEach
  void start() throws IOException {
    log = LogSearch.begin();
    clouds =
        new EmulatedClouds(
            Emulator.builder()
                .credentials("testid", SECRET, TOKEN)
                .iamCredentials(
                    new ServiceKeys("other", "other", Optional.empty()).orAuthToken(AUTH_TOKEN))
                .start(),
            4);
    Files.writeString(directory.resolve("auth-token"), AUTH_TOKEN);
    Files.writeString(directory.resolve("secret"), SECRET);
    Files.writeString(directory.resolve("token"), TOKEN);
  }

  @AfterEach
  void stop() {
    clouds.close();
    log.end();
  }

  /** A function, and the way to it. */
  private enum Target {
    /** With the same credentials as the source. */
    FUNCTION_COMPUTE {
      @Override
      TriggerSpec trigger(EmulatedClouds clouds, Path directory) {
        return clouds.trigger(
            directory,
            "${file:" + directory.resolve("secret") + "}",
            Map.of("credentials.security-token", "${file:" + directory.resolve("token") + "}"));
      }

      @Override
      void remove(Emulator emulator) {
        emulator.functions().delete("s", "f");
      }

      @Override
      void create(Emulator emulator) {
        emulator.functions().create("s", "f");
      }
    },

    /** With an IAM token. */
    FUNCTION_GRAPH {
      @Override
      TriggerSpec trigger(EmulatedClouds clouds, Path directory) {
        return clouds.toFunctionGraph(
            directory,
            Map.of(
                "access-key-id", "testid",
                "access-key-secret", "${file:" + directory.resolve("secret") + "}",
                "security-token", "${file:" + directory.resolve("token") + "}"),
            Map.of("auth-token", "${file:" + directory.resolve("auth-token") + "}"));
      }

      @Override
      void remove(Emulator emulator) {
        emulator.functionGraph().delete("p1", "default", "f");
      }

      @Override
      void create(Emulator emulator) {
        emulator.functionGraph().create("p1", "default", "f");
      }
    };

    abstract TriggerSpec trigger(EmulatedClouds clouds, Path directory);

    abstract void remove(Emulator emulator);

    abstract void create(Emulator emulator);
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void areNowhereToBeFound(Target target) throws Exception {
    TriggerSpec spec = target.trigger(clouds, directory);
    assertClean(
        "the job graph",
        InstantiationUtil.serializeObject(
            JobSubmission.graph(new Configuration(), spec, Optional.empty())));
    assertClean("the trigger", spec.toString().getBytes(StandardCharsets.UTF_8));
    TriggerCheck.run(
        spec, finding -> assertClean("check", finding.getBytes(StandardCharsets.UTF_8)));

    Path home = directory.resolve("flink");
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, home);
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      cluster.submit(spec, Optional.empty());
      clouds.put(40);
      clouds.awaitAllDelivered();
      TriggerJob job = control.job(Optional.empty());
      assertRestIsClean(cluster.restAddress());

      // Refused: what is said of it must not repeat a secret either.
      clouds.emulator().setKeys(new ServiceKeys("testid", "other", Optional.of("other")));
      await().atMost(PATIENCE).until(() -> log.refusals > 0);
      assertClean("the refusal", refusal(spec).getBytes(StandardCharsets.UTF_8));
      assertRestIsClean(cluster.restAddress());
      clouds.emulator().setKeys(new ServiceKeys("testid", SECRET, Optional.of(TOKEN)));
      target.remove(clouds.emulator());
      clouds.put(40);
      await().atMost(PATIENCE).until(() -> control.status(job).path("blocked").isObject());
      assertClean("the status", control.status(job).toString().getBytes(StandardCharsets.UTF_8));
      target.create(clouds.emulator());
      clouds.awaitAllDelivered();
      control.stop(job.id(), Optional.empty(), PATIENCE.toSeconds());
      assertRestIsClean(cluster.restAddress());
    }
    try (Stream<Path> files = Files.walk(home)) {
      List<Path> kept = files.filter(Files::isRegularFile).toList();
      assertThat(kept).as("files of checkpoints and savepoints").isNotEmpty();
      for (Path file : kept) {
        assertClean(file.toString(), Files.readAllBytes(file));
      }
    }
    assertThat(log.lines).as("lines were searched").isGreaterThan(100);
    assertThat(log.found).isEmpty();
  }

  private static String refusal(TriggerSpec spec) {
    StringWriter text = new StringWriter();
    try {
      TriggerCheck.run(spec, finding -> {});
      throw new AssertionError("the services accept the wrong key");
    } catch (RuntimeException e) {
      e.printStackTrace(new PrintWriter(text, true));
    }
    return text.toString();
  }

  private static void assertClean(String what, byte[] bytes) {
    // Every byte is one character, whatever it means.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (String form : forms()) {
      assertThat(text.contains(form)).as("%s has %s", what, form).isFalse();
    }
  }

  /** A secret as it is, and as a careless encoder would leave it. */
  private static List<String> forms() {
    return Stream.of(SECRET, TOKEN, AUTH_TOKEN)
        .flatMap(
            secret ->
                Stream.of(
                    secret,
                    new StringBuilder(secret).reverse().toString(),
                    Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)),
                    new String(
                        secret.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.ISO_8859_1)))
        .toList();
  }

  // ---- Flink's REST interface ----

  /** Follows every id in every answer to every address that takes one. */
  private void assertRestIsClean(String address) throws IOException {
    Deque<String> paths = new ArrayDeque<>(List.of("/config", "/overview", "/jobmanager/config"));
    paths.addAll(List.of("/jobmanager/environment", "/jobmanager/logs", "/jobmanager/metrics"));
    paths.addAll(List.of("/taskmanagers", "/jars", "/datasets", "/jobs/overview"));
    for (JsonNode job : get(address, "/jobs").orElseThrow().path("jobs")) {
      String path = "/jobs/" + job.path("id").asText();
      paths.add(path);
      for (String part :
          List.of(
              "/accumulators?includeSerializedValue=true",
              "/checkpoints",
              "/checkpoints/config",
              "/config",
              "/exceptions",
              "/plan",
              "/jobmanager/config",
              "/jobmanager/environment",
              "/metrics",
              "/status")) {
        paths.add(path + part);
      }
      for (JsonNode vertex : get(address, path).orElseThrow().path("vertices")) {
        String under = path + "/vertices/" + vertex.path("id").asText();
        for (String part :
            List.of("", "/accumulators", "/subtasktimes", "/taskmanagers", "/metrics")) {
          paths.add(under + part);
        }
      }
    }
    for (JsonNode worker : get(address, "/taskmanagers").orElseThrow().path("taskmanagers")) {
      String path = "/taskmanagers/" + worker.path("id").asText().replace(":", "%3A");
      paths.addAll(List.of(path, path + "/metrics", path + "/logs", path + "/thread-dump"));
    }
    Set<String> answered = new HashSet<>();
    for (String path : paths) {
      Optional<byte[]> answer = bytes(address, path);
      if (answer.isPresent()) {
        answered.add(path);
        assertClean(path, answer.get());
      }
    }
    assertThat(answered).hasSizeGreaterThan(20);
  }

  private static Optional<JsonNode> get(String address, String path) throws IOException {
    Optional<byte[]> answer = bytes(address, path);
    return answer.isEmpty()
        ? Optional.empty()
        : Optional.of(new ObjectMapper().readTree(answer.get()));
  }

  private static Optional<byte[]> bytes(String address, String path) throws IOException {
    try {
      HttpResponse<byte[]> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://" + address + path)).build(),
                  HttpResponse.BodyHandlers.ofByteArray());
      return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Searches every line that is logged, ours down to the finest level, with its stack trace. */
  private static final class LogSearch extends AbstractAppender {

    private final Queue<String> found = new ConcurrentLinkedQueue<>();
    private final Level level;
    private volatile int lines;
    private volatile int refusals;

    private LogSearch(Level level) {
      super("search", null, null, true, Property.EMPTY_ARRAY);
      this.level = level;
    }

    static LogSearch begin() {
      LoggerContext context = (LoggerContext) LogManager.getContext(false);
      LoggerConfig root = context.getConfiguration().getRootLogger();
      LogSearch search = new LogSearch(root.getLevel());
      search.start();
      // What was shown before is shown still; the rest is only searched.
      root.getAppenders()
          .forEach(
              (name, appender) -> {
                root.removeAppender(name);
                root.addAppender(appender, search.level, null);
              });
      root.addAppender(search, Level.ALL, null);
      root.setLevel(Level.DEBUG);
      LoggerConfig own = new LoggerConfig("io.millrace", Level.ALL, true);
      context.getConfiguration().addLogger("io.millrace", own);
      // Jetty's DEBUG is the wire itself, tokens included; the manual warns of it.
      LoggerConfig wire = new LoggerConfig("org.eclipse.jetty", Level.INFO, true);
      context.getConfiguration().addLogger("org.eclipse.jetty", wire);
      context.updateLoggers();
      return search;
    }

    void end() {
      LoggerContext context = (LoggerContext) LogManager.getContext(false);
      context.getConfiguration().getRootLogger().removeAppender(getName());
      context.getConfiguration().getRootLogger().setLevel(level);
      context.getConfiguration().removeLogger("io.millrace");
      context.getConfiguration().removeLogger("org.eclipse.jetty");
      context.updateLoggers();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // an estimate is enough
    public void append(LogEvent event) {
      lines++;
      StringWriter text = new StringWriter();
      text.write(event.getMessage().getFormattedMessage());
      if (event.getThrown() != null) {
        event.getThrown().printStackTrace(new PrintWriter(text, true));
      }
      if (event.getLevel().isMoreSpecificThan(Level.WARN)
          && event.getMessage().getFormattedMessage().contains("Unauthorized")) {
        refusals++;
      }
      for (String form : forms()) {
        if (text.toString().contains(form)) {
          found.add(event.getLoggerName() + ": " + text);
        }
      }
    }
  }
}
