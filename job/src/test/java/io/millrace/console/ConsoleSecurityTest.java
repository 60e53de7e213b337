// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.console.RunningConsole.Got;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stranger may try: each attempt is refused, and nothing reaches the job. */
final class ConsoleSecurityTest {

  private static final String TOKEN = "a token of sufficient length";
  private static final String COMMANDS = "/api/jobs/" + FakeCluster.JOB + "/commands";
  private static final String SUSPEND = "{\"command\": \"suspend\", \"all\": true}";
  private static final Path SOURCES = Path.of("src/main/resources/io/millrace/console/page");

  @TempDir private static Path directory;

  private static final FakeCluster CLUSTER = new FakeCluster();
  private static RunningConsole open;
  private static RunningConsole locked;

  @BeforeAll
  static void start() throws Exception {
    CLUSTER.shard("0", "DELIVERING");
    open = new RunningConsole(CLUSTER, Optional.empty());
    Path file = Files.writeString(directory.resolve("token"), TOKEN + "\n");
    locked = new RunningConsole(CLUSTER, Optional.of(file));
    for (RunningConsole each : List.of(open, locked)) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(
              () ->
                  each.get("/api/jobs", "Authorization", "Bearer " + TOKEN)
                          .json()
                          .path("jobs")
                          .size()
                      == 1);
    }
  }

  @AfterAll
  static void stop() {
    open.close();
    locked.close();
  }

  @BeforeEach
  void forget() {
    CLUSTER.forget();
  }

  private void assertRefused(int status, Got got) {
    assertThat(got.status()).as(got.text()).isEqualTo(status);
    assertThat(got.text()).doesNotContain("shop/handle", TOKEN);
    assertThat(CLUSTER.given()).isEmpty();
  }

  @Test
  void withoutTheTokenNothingIsToldAndNothingDone() throws Exception {
    assertRefused(401, locked.get("/api/jobs"));
    assertRefused(401, locked.get("/api/jobs/" + FakeCluster.JOB));
    assertRefused(401, locked.get("/api/openapi.yaml"));
    assertRefused(401, locked.post(COMMANDS, SUSPEND));
    assertRefused(401, locked.post(COMMANDS, SUSPEND, "Authorization", "Bearer " + TOKEN + "x"));
    assertRefused(401, locked.post(COMMANDS, SUSPEND, "Authorization", "Basic " + TOKEN));
    assertRefused(401, locked.post(COMMANDS, SUSPEND, "Cookie", Gate.COOKIE + "=" + TOKEN));
    assertRefused(401, locked.post("/api/session", "{\"token\": \"a guess of some length\"}"));
    assertThat(locked.get("/").status()).as("the page itself tells nothing").isEqualTo(200);
  }

  @Test
  void withTheTokenACommandIsGiven() throws Exception {
    Got got = locked.post(COMMANDS, SUSPEND, "Authorization", "Bearer " + TOKEN);
    assertThat(got.status()).isEqualTo(202);
    assertThat(CLUSTER.given()).containsExactly("SUSPEND all");
  }

  @Test
  void aSessionIsACookieThatNoScriptReadsAndNoOtherSiteSends() throws Exception {
    Got got = locked.post("/api/session", "{\"token\": \"" + TOKEN + "\"}");
    assertThat(got.status()).isEqualTo(200);
    String set = got.header("Set-Cookie");
    assertThat(set)
        .startsWith(Gate.COOKIE + "=")
        .contains("; HttpOnly", "; SameSite=Strict", "; Path=/")
        .doesNotContain(TOKEN);
    String cookie = set.substring(0, set.indexOf(';'));
    assertThat(locked.get("/api/jobs", "Cookie", "theme=dark; " + cookie).status()).isEqualTo(200);
    assertThat(locked.send("DELETE", "/api/session", null, "Cookie", cookie).status())
        .isEqualTo(200);
    assertThat(locked.get("/api/jobs", "Cookie", cookie).status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8090",
        "127.0.0.1.evil.example",
        "localhost.evil.example:80",
        "user@localhost:80",
        "[::1",
        "2130706433.",
      })
  void aForgedHostIsRefused(String host) throws Exception {
    Got got = open.post(COMMANDS, SUSPEND, "Host", host);
    // What is not even the form of a host Jetty refuses.
    assertThat(got.status()).isIn(400, 421);
    assertThat(CLUSTER.given()).isEmpty();
    assertThat(open.get("/api/jobs", "Host", host).status()).isIn(400, 421);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:9000",
        "LOCALHOST",
        "127.0.0.1",
        "[::1]:8090",
        "console.example",
        "10.1.2.3:80"
      })
  void aHostThatIsItsOwnIsAccepted(String host) throws Exception {
    assertThat(open.get("/api/jobs", "Host", host).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "Origin, https://evil.example",
    "Origin, null",
    "Origin, http://127.0.0.1:1",
    "Sec-Fetch-Site, cross-site",
    "Sec-Fetch-Site, same-site",
  })
  void aCommandFromAnotherPageIsRefused(String header, String value) throws Exception {
    assertRefused(403, open.post(COMMANDS, SUSPEND, header, value));
    assertRefused(
        403, locked.post(COMMANDS, SUSPEND, header, value, "Authorization", "Bearer " + TOKEN));
  }

  @Test
  void aCommandFromItsOwnPageIsGiven() throws Exception {
    assertThat(
            open.post(COMMANDS, SUSPEND, "Origin", open.origin(), "Sec-Fetch-Site", "same-origin")
                .status())
        .isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x"
      })
  void whatAFormCanSendIsRefused(String type) throws Exception {
    assertRefused(415, open.post(COMMANDS, SUSPEND, "Content-Type", type));
  }

  @Test
  void anotherSiteCannotEvenLook() throws Exception {
    assertRefused(403, open.get("/api/jobs", "Sec-Fetch-Site", "cross-site"));
    assertThat(open.get("/", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate").status())
        .as("a link to the page")
        .isEqualTo(200);
  }

  @Test
  void everyAnswerTellsBrowsersToTrustNothingElse() throws Exception {
    for (String path : List.of("/", "/console.js", "/api/jobs", "/nothing", "/api/nothing")) {
      Got got = open.get(path);
      assertThat(got.header("Content-Security-Policy"))
          .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
          .doesNotContain("unsafe", "http:", "*");
      assertThat(got.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(got.header("X-Frame-Options")).isEqualTo("DENY");
      assertThat(got.header("Referrer-Policy")).isEqualTo("no-referrer");
      assertThat(got.header("Access-Control-Allow-Origin")).isEmpty();
      assertThat(got.header("Server")).isEmpty();
    }
  }

  @Test
  void anErrorMessageWithHtmlIsDataAndNothingElse() throws Exception {
    String html = "<img src=x onerror=alert(1)><script>alert(2)</script>";
    CLUSTER.shard(
        "0",
        "RETRYING",
        shard ->
            shard.putObject("lastError").put("message", html).put("requestId", "<b>").put("at", 1));
    await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> {
              Got got = open.get("/api/jobs/" + FakeCluster.JOB);
              assertThat(got.header("Content-Type")).isEqualTo("application/json");
              assertThat(got.json().at("/job/shards/0/lastError/message").asText()).isEqualTo(html);
            });
    Got wrong = open.get("/%3Cscript%3Ealert(1)%3C/script%3E");
    assertThat(wrong.header("Content-Type")).doesNotContain("html");
  }

  /** Text becomes text nodes only; nothing in the page makes elements or code of it. */
  @Test
  void thePageHasNoWayToMakeHtmlOrCodeOfText() throws Exception {
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        String text = Files.readString(file);
        assertThat(text)
            .as(file.toString())
            .doesNotContain(
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
                "DOMParser",
                "srcdoc",
                "javascript:",
                " onclick=",
                " style=");
        if (!file.toString().endsWith(".svg")) {
          assertThat(text).as(file.toString()).doesNotContain("http://", "https://");
        }
      }
    }
  }

  @Test
  void aBodyThatIsTooLongIsRefused() throws Exception {
    Got got = open.post(COMMANDS, "{\"command\": \"" + "x".repeat(100_000) + "\"}");
    assertRefused(413, got);
    assertThat(got.header("Connection")).as("it was read, and the next may follow").isEmpty();
  }
}
