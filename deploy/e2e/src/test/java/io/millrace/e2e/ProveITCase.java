// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.cli.Millrace;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code millrace prove} on a cluster of real processes; it needs the job's jar. */
class ProveITCase {

  /** So many may be disturbed before it is given up. */
  private static final int RUNS = 3;

  private static JsonNode prove(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("prove", "--json"));
    command.addAll(List.of(arguments));
    PrintStream out = System.out;
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    int exitCode;
    try (PrintStream toCaught = new PrintStream(caught, true, StandardCharsets.UTF_8)) {
      System.setOut(toCaught);
      exitCode = Millrace.execute(command.toArray(String[]::new));
    } finally {
      System.setOut(out);
    }
    String printed = caught.toString(StandardCharsets.UTF_8);
    assertThat(exitCode).as(printed).isZero();
    JsonNode json = new ObjectMapper().readTree(printed);
    for (String count :
        List.of(
            "lost",
            "outOfOrder",
            "overlapping",
            "changedRetries",
            "notConverged",
            "metricsAgainstJournal")) {
      assertThat(json.path(count).isInt()).as(count).isTrue();
      assertThat(json.path(count).asInt()).as(count).isZero();
    }
    for (String count : List.of("doubledEffects", "missingEffects", "notWaited", "excessRepeats")) {
      assertThat(json.path(count).isInt()).as(count).isTrue();
      assertThat(json.path(count).asInt()).as(count).isZero();
    }
    assertThat(json.path("repeats").asLong()).isLessThanOrEqualTo(json.path("bound").asLong());
    return json;
  }

  /** A run in which Flink lost no process of itself, as it does where the machine has no time. */
  private static JsonNode proveUndisturbed(String... arguments) throws Exception {
    for (int run = 1; run < RUNS; run++) {
      JsonNode json = prove(arguments);
      if (json.path("unplanned").isEmpty()) {
        return json;
      }
    }
    JsonNode last = prove(arguments);
    assertThat(last.path("unplanned")).isEmpty();
    return last;
  }

  @Test
  void nothingIsLostOrReorderedByAKillAndASplit() throws Exception {
    JsonNode json =
        prove(
            "--shards",
            "6",
            "--records",
            "6000",
            "--rounds",
            "1",
            "--taskmanagers",
            "2",
            "--seed",
            "1",
            "--faults",
            "taskmanager-kill,planned-rescale,split");
    // More where a fault took long, or a put was sent again and stored twice.
    assertThat(json.path("records").asInt()).isGreaterThanOrEqualTo(6000);
    assertThat(json.path("faults")).hasSize(3);
    assertThat(json.path("recoverySecondsMax").asDouble()).isPositive();
    assertThat(json.path("kills")).hasSize(1);
    assertThat(json.at("/kills/0/restartedElsewhere").isInt()).isTrue();
    assertThat(json.at("/kills/0/gapElsewhereSeconds").isNumber()).isTrue();
    assertThat(json.path("ledger").asText()).isEqualTo("pipelined");
  }

  @Test
  @Tag("ci")
  void aPlannedStopRepeatsNothing() throws Exception {
    JsonNode json =
        proveUndisturbed(
            "--shards",
            "4",
            "--records",
            "3000",
            "--rounds",
            "2",
            "--taskmanagers",
            "2",
            "--seed",
            "2",
            "--faults",
            "planned-rescale");
    assertThat(json.path("repeats").asInt()).isZero();
    assertThat(json.path("bound").asInt()).isZero();
  }

  @Test
  @Tag("ci")
  void whatKillsInterruptsAndMovesIsDeliveredInOrder() throws Exception {
    JsonNode json =
        prove(
            "--shards",
            "16",
            "--records",
            "12000",
            "--rounds",
            "1",
            "--seed",
            "7",
            "--faults",
            "taskmanager-kill,jobmanager-kill,zookeeper-kill,kill-after-rescale,old-savepoint,split,"
                + "merge,kills-while-resharding,kill-while-checkpoints-fail,partial-outage,"
                + "reset-after-processing,stream-fails,session-stolen,offset-reset,seek-all,"
                + "kill-during-command,taskmanager-kill+ledger-slow");
    assertThat(json.path("pair").asText()).isEqualTo("datahub-fc");
    assertThat(json.path("scheduler").asText()).isEqualTo("default");
    assertThat(json.path("ledger").asText()).isEqualTo("pipelined");
    assertThat(json.path("faults")).hasSize(17);
  }

  /** What is different there: the stream, the ledger, and what a scheduler restarts. */
  @Test
  @Tag("ci")
  void theOtherPairHoldsUnderTheAdaptiveScheduler() throws Exception {
    JsonNode json =
        prove(
            "--pair",
            "dis-functiongraph",
            "--shards",
            "16",
            "--records",
            "10000",
            "--rounds",
            "1",
            "--seed",
            "7",
            "--ledger",
            "strict",
            "--scheduler",
            "adaptive",
            "--faults",
            "taskmanager-kill,jobmanager-kill,taskmanager-freeze,in-place-rescale,rewind,scale-up,"
                + "scale-down,kills-while-resharding,cursor-expires,kill-during-seek,"
                + "kill-during-command");
    assertThat(json.path("scheduler").asText()).isEqualTo("adaptive");
    assertThat(json.path("pair").asText()).isEqualTo("dis-functiongraph");
    assertThat(json.path("faults")).hasSize(11);
  }

  @Test
  @Tag("soak")
  void everyFaultOnce() throws Exception {
    JsonNode json =
        prove(
            "--shards", "16", "--records", "30000", "--rounds", "1", "--seed", "7", "--pairs", "2");
    assertThat(json.path("faults")).hasSize(40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "adaptive"})
  @Tag("soak")
  void everyFaultOfTheOtherPair(String scheduler) throws Exception {
    JsonNode json =
        prove(
            "--pair",
            "dis-functiongraph",
            "--shards",
            "16",
            "--records",
            "30000",
            "--rounds",
            "1",
            "--seed",
            "7",
            "--pairs",
            "2",
            "--ledger",
            "strict",
            "--scheduler",
            scheduler);
    assertThat(json.path("faults")).hasSizeGreaterThanOrEqualTo(37);
  }

  /** Right before it, done and durable; by the death of a TaskManager and of the JobManager. */
  @Test
  @Tag("soak")
  void whatOperatorsCommandIsDoneOnceThroughEveryDeath() throws Exception {
    JsonNode json =
        prove(
            "--shards",
            "10",
            "--records",
            "20000",
            "--rounds",
            "6",
            "--taskmanagers",
            "2",
            "--seed",
            "5",
            "--faults",
            "kill-during-command");
    assertThat(json.path("faults")).hasSize(6);
    assertThat(json.path("leftOut").asInt()).isPositive();
  }

  @Test
  @Tag("ci")
  void withoutALedgerACrashRepeatsWhatItMay() throws Exception {
    JsonNode json =
        prove(
            "--shards",
            "8",
            "--records",
            "4000",
            "--rounds",
            "1",
            "--seed",
            "7",
            "--ledger",
            "none",
            "--faults",
            "taskmanager-kill,jobmanager-kill,old-savepoint");
    assertThat(json.path("faults")).hasSize(3);
  }

  @Test
  @Tag("ci")
  void withALedgerAnOldSavepointRepeatsNothing() throws Exception {
    JsonNode json =
        proveUndisturbed(
            "--shards",
            "4",
            "--records",
            "3000",
            "--rounds",
            "2",
            "--taskmanagers",
            "2",
            "--seed",
            "2",
            "--ledger",
            "strict",
            "--faults",
            "old-savepoint");
    assertThat(json.path("repeats").asInt()).isZero();
    assertThat(json.path("bound").asInt()).isZero();
  }

  @Test
  @Tag("soak")
  void everyFaultTwice() throws Exception {
    JsonNode json = prove("--shards", "16", "--records", "100000", "--seed", "3");
    // A session that is stolen twice from one job has it rescaled in between.
    assertThat(json.path("faults")).hasSizeGreaterThanOrEqualTo(76);
  }

  @Test
  @Tag("soak")
  void everyFaultTenTimesOnManyShards() throws Exception {
    JsonNode json =
        prove("--shards", "64", "--records", "1000000", "--rounds", "10", "--seed", "4");
    assertThat(json.path("faults")).hasSizeGreaterThanOrEqualTo(380);
  }

  @Test
  @Tag("soak")
  void anHourAtAFixedRateLeavesNothingGrown() throws Exception {
    JsonNode json = prove("--minutes", "60", "--rate", "500", "--fault-every", "20 s");
    assertThat(json.path("records").asInt()).isGreaterThanOrEqualTo(1_800_000);
    assertThat(json.at("/soak/grown").asInt(-1)).isZero();
    assertThat(json.at("/soak/unjudged")).isEmpty();
  }
}
