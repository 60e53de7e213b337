// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.console.RunningConsole.Got;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.model.Position;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API over HTTP; every answer is held to {@code openapi.yaml}. */
final class ConsoleApiTest {

  private static final String JOB = "/api/jobs/" + FakeCluster.JOB;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final FakeCluster cluster = new FakeCluster();
  private final Set<String> asked = new TreeSet<>();
  private RunningConsole console;
  private OpenApi openApi;

  @BeforeEach
  void start() throws Exception {
    cluster.shard("0", "DELIVERING");
    cluster.shard(
        "1",
        "SUSPENDED",
        failing ->
            failing
                .put("attempts", 512)
                .putObject("lastError")
                .put("message", "out of stock")
                .put("requestId", "r-1")
                .put("at", 5_000));
    console = new RunningConsole(cluster, Optional.empty());
    openApi = new OpenApi(console.get("/api/openapi.yaml").text());
    await().atMost(PATIENCE).until(() -> get("/api/jobs").path("jobs").size() == 1);
  }

  @AfterEach
  void stop() {
    console.close();
  }

  private JsonNode get(String path) throws Exception {
    return checked("GET", path, console.get(path)).json();
  }

  private Got post(String path, String body) throws Exception {
    return checked("POST", path, console.post(path, body));
  }

  private Got checked(String method, String path, Got got) throws Exception {
    String template =
        path.replaceFirst("[?].*", "")
            .replaceFirst("^/api/jobs/[^/]+", "/api/jobs/{job}")
            .replaceFirst("^/api/commands/.+", "/api/commands/{command}");
    openApi.check(method, template, got);
    asked.add(method + " " + template);
    return got;
  }

  @Test
  void everyOperationAnswersAsDescribed() throws Exception {
    get("/api/session");
    get(JOB);
    get(JOB + "/history");
    checked("GET", "/api/openapi.yaml", console.get("/api/openapi.yaml"));
    post("/api/session", "{\"token\": \"there is none\"}");
    checked("DELETE", "/api/session", console.send("DELETE", "/api/session", null));
    post(JOB + "/surveys", "{\"shard\": \"1\", \"to\": \"earliest\"}");
    String id =
        post(JOB + "/commands", "{\"command\": \"resume\", \"shard\": \"1\"}")
            .json()
            .path("id")
            .asText();
    get("/api/commands/" + id);
    assertThat(asked).containsExactlyInAnyOrderElementsOf(openApi.operations());
  }

  @Test
  void aJobIsToldWithItsShardsAndWhatTheyAddUpTo() throws Exception {
    JsonNode answer = get(JOB);
    assertThat(answer.path("cluster").path("reachable").asBoolean()).isTrue();
    assertThat(answer.path("cluster").path("address").asText()).isEqualTo("cluster:8081");
    JsonNode job = answer.path("job");
    assertThat(job.path("health").asText()).isEqualTo("RUNNING");
    assertThat(job.path("function").asText()).isEqualTo("shop/handle");
    assertThat(job.path("shards")).hasSize(2);
    assertThat(job.path("shards").path(1).path("lastError").path("message").asText())
        .isEqualTo("out of stock");
    JsonNode totals = job.path("totals");
    assertThat(totals.path("latencyP99").asInt()).isEqualTo(90);
    assertThat(totals.path("states").path("SUSPENDED").asInt()).isEqualTo(1);
    assertThat(totals.path("lagRecords").asInt()).isEqualTo(6);
    assertThat(totals.path("lagMs").asInt()).isEqualTo(1500);
    assertThat(totals.path("records").asInt()).isEqualTo(84);
  }

  @Test
  void theHistoryIsThereForWhoComesLater() throws Exception {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(get(JOB + "/history").path("at")).hasSizeGreaterThan(1));
    JsonNode history = get(JOB + "/history?seconds=300");
    int looks = history.path("at").size();
    history.properties().forEach(column -> assertThat(column.getValue()).hasSize(looks));
    assertThat(history.path("lagRecords").path(0).asInt()).isEqualTo(6);
    assertThat(history.path("troubled").path(0).asInt()).isEqualTo(1);
    long newest = history.path("at").path(looks - 1).asLong();
    assertThat(get(JOB + "/history?after=" + newest).path("at"))
        .allSatisfy(at -> assertThat(at.asLong()).isGreaterThan(newest));
  }

  @Test
  void aCommandIsFollowedUntilItIsDurable() throws Exception {
    Got taken =
        post(
            JOB + "/commands",
            "{\"id\": \"0123456789\", \"command\": \"resume\", \"shard\": \"1\"}");
    assertThat(taken.status()).isEqualTo(202);
    assertThat(taken.json().path("stage").asText()).isEqualTo("REQUESTED");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode command = get(JOB).path("commands").path(0);
              assertThat(command.path("stage").asText()).isEqualTo("DURABLE");
              assertThat(command.path("counts").path("durable").asInt()).isEqualTo(1);
            });
    assertThat(get("/api/commands/0123456789").path("command").asText()).isEqualTo("resume");
    assertThat(cluster.given()).containsExactly("RESUME 1");
  }

  @Test
  void aCommandOutlivesAJobManagerThatDoesNotKnowYetWhetherItWasDone() throws Exception {
    cluster.knowNothingAfterTheNextCommand();
    post(JOB + "/commands", "{\"id\": \"0123456789\", \"command\": \"resume\", \"shard\": \"1\"}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(get("/api/commands/0123456789").path("problem").asText())
                    .isEqualTo("ask again"));
    assertThat(get("/api/commands/0123456789").path("stage").asText()).isNotEqualTo("REFUSED");
    cluster.knowNothingYet(false);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(get("/api/commands/0123456789").path("stage").asText())
                    .isEqualTo("DURABLE"));
  }

  @Test
  void theSameCommandSentAgainIsTheSame() throws Exception {
    String order = "{\"id\": \"the-same-id\", \"command\": \"suspend\", \"all\": true}";
    post(JOB + "/commands", order);
    post(JOB + "/commands", order);
    assertThat(cluster.given()).containsExactly("SUSPEND all");
    assertThat(get(JOB).path("commands")).hasSize(1);
  }

  @Test
  void whatTheJobRefusesIsToldWithItsReason() throws Exception {
    JsonNode refused =
        post(JOB + "/commands", "{\"command\": \"suspend\", \"shard\": \"99\"}").json();
    assertThat(refused.path("stage").asText()).isEqualTo("REFUSED");
    assertThat(refused.path("refused").asText()).isEqualTo("there is no shard 99");
  }

  @Test
  void aMoveIsSurveyedAndThenGivenByTheSurveysId() throws Exception {
    JsonNode survey =
        post(
                JOB + "/surveys",
                "{\"id\": \"survey-number-1\", \"shard\": \"1\", \"to\": {\"sequence\": 10}}")
            .json();
    assertThat(survey.path("shards").path(0).path("from").asInt()).isEqualTo(42);
    assertThat(survey.path("shards").path(0).path("to").asInt()).isEqualTo(10);
    assertThat(cluster.given()).isEmpty();
    post(
        JOB + "/commands",
        "{\"id\": \"survey-number-1\", \"command\": \"seek\", \"shard\": \"1\"}");
    assertThat(cluster.given()).containsExactly("SEEK 1");
  }

  @Test
  void whatIsSkippedIsExactlyWhatWasSeen() throws Exception {
    String event =
        "{\"sequence\": 42, \"index\": 0, \"time\": 9}, \"last\": {\"sequence\": 44, \"index\": 1,"
            + " \"time\": 10}";
    String order =
        "{\"command\": \"skip\", \"shard\": \"1\", \"skip\": {\"first\": "
            + event
            + ", \"sequence\": 43, \"reason\": \" poison \"}}";
    assertThat(openApi.violations("POST", "/api/jobs/{job}/commands", order)).isEmpty();
    assertThat(post(JOB + "/commands", order).status()).isEqualTo(202);
    assertThat(cluster.given()).containsExactly("SKIP 1");
    assertThat(cluster.skipped.get(0))
        .isEqualTo(
            new SkipTarget(new Position(42, 0, 9), new Position(44, 1, 10), 43L, null, "poison"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "commands|{\"command\": \"resume\"}|shard or all",
        "commands|{\"command\": \"resume\", \"shard\": \"1\", \"all\": true}|shard or all",
        "commands|{\"command\": \"explode\", \"all\": true}|command: 'explode'",
        "commands|{\"command\": \"seek\", \"shard\": \"1\"}|id: missing",
        "commands|{\"command\": \"resume\", \"all\": true, \"force\": 1}|'force' is not accepted",
        "commands|{\"command\": \"resume\", \"all\": true, \"id\": \"../x\"}|id: '../x'",
        "commands|[]|not a JSON object",
        "commands|{|not JSON",
        "commands|{\"command\": \"resume\", \"command\": \"suspend\"}|not JSON",
        "commands|{\"command\": \"skip\", \"all\": true}|each shard has an event of its own",
        "commands|{\"command\": \"skip\", \"shard\": \"1\"}|skip: missing",
        "commands|{\"command\": \"skip\", \"shard\": \"1\", \"skip\": {}}|reason: missing",
        "commands|{\"command\": \"resume\", \"shard\": \"1\", \"skip\": {}}|only with the command"
            + " skip",
        "surveys|{\"all\": true}|to: missing",
        "surveys|{\"all\": true, \"to\": \"soon\"}|to: \"soon\" is not accepted",
        "surveys|{\"all\": true, \"to\": {\"sequence\": 1}}|each shard has sequences of its own",
        "surveys|{\"shard\": \"1\", \"to\": {\"sequence\": -1}}|is not accepted",
        "surveys|{\"shard\": \"1\", \"to\": {\"time\": \"yesterday\"}}|is not accepted",
      })
  void whatIsWrongIsRefusedByItsName(String what, String body, String says) throws Exception {
    Got refused = post(JOB + "/" + what, body);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().path("error").asText()).contains(says);
    assertThat(cluster.given()).isEmpty();
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    assertThat(checked("GET", "/api/jobs/other", console.get("/api/jobs/other")).status())
        .isEqualTo(404);
    assertThat(checked("GET", "/api/commands/x", console.get("/api/commands/x")).status())
        .isEqualTo(404);
    assertThat(console.get("/api/elsewhere").status()).isEqualTo(404);
    assertThat(console.get("/etc/passwd").status()).isEqualTo(404);
    Got malformed = console.get("/../openapi.yaml");
    assertThat(malformed.status()).isEqualTo(400);
    assertThat(malformed.header("Connection")).as("it is closed after that").isEqualTo("close");
    assertThat(console.send("PUT", "/api/jobs", "{}").status()).isEqualTo(405);
  }

  @Test
  void aJobManagerThatGoesIsShownAndComesBack() throws Exception {
    cluster.goDown("cluster:8081: no JobManager answers");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode answer = get(JOB);
              assertThat(answer.path("cluster").path("reachable").asBoolean()).isFalse();
              assertThat(answer.path("cluster").path("problem").asText())
                  .isEqualTo("cluster:8081: no JobManager answers");
              assertThat(answer.path("job").path("health").asText()).isEqualTo("UNREACHABLE");
              assertThat(answer.path("job").path("shards")).as("what was seen last").hasSize(2);
            });
    Got failed = post(JOB + "/commands", "{\"command\": \"resume\", \"all\": true}");
    assertThat(failed.status()).isEqualTo(502);
    assertThat(failed.json().path("error").asText()).contains("no JobManager answers");
    cluster.comeUp();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(get(JOB).path("job").path("health").asText()).isEqualTo("RUNNING"));
    // Told after it is shown.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(console.lines)
                    .containsExactly(
                        "cluster:8081: no JobManager answers; the console goes on asking",
                        "the JobManager answers again"));
    assertThat(get(JOB + "/history").path("lagRecords").toString()).contains("null");
  }

  @Test
  void aJobThatFailedSaysWhyAndTakesNoCommand() throws Exception {
    cluster.be(JobStatus.FAILED);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode job = get("/api/jobs").path("jobs").path(0);
              assertThat(job.path("health").asText()).isEqualTo("FAILED");
              assertThat(job.path("problem").asText()).isEqualTo("the disk is full");
            });
    assertThat(post(JOB + "/commands", "{\"command\": \"resume\", \"all\": true}").status())
        .isEqualTo(409);
  }
}
