// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.e2e.oracle.Evidence;
import io.millrace.e2e.oracle.Finding;
import io.millrace.e2e.oracle.GroundTruth;
import io.millrace.e2e.oracle.Ledger;
import io.millrace.e2e.oracle.Oracle;
import io.millrace.e2e.oracle.Standstills;
import io.millrace.e2e.oracle.TaskReading;
import io.millrace.e2e.oracle.Verdict;
import io.millrace.e2e.soak.Growth;
import io.millrace.e2e.soak.SoakReport;
import io.millrace.e2e.stage.Failover;
import io.millrace.e2e.stage.JournalEvidence;
import io.millrace.e2e.stage.Pair;
import io.millrace.e2e.stage.Pause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One proof from its seed to its verdict: a job under a steady supply of records, faults in the
 * order of the schedule, then all that is left, then the oracle.
 */
final class Proof {

  private static final Logger LOG = LoggerFactory.getLogger(Proof.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FIRST_PARALLELISM = 4;
  private static final long STALLED_SECONDS = 90;

  /** A fault lasts up to half a minute, in which the supply at its slowest puts so many. */
  private static final long RECORDS_PER_FAULT = 500;

  /** After a fault every shard must get another record, and keys find shards by chance. */
  private static final long RECORDS_PER_SHARD = 6;

  private final Plan plan;
  private final Path directory;
  private final Consumer<String> talk;

  /** Of a soak, as far as it has come. */
  private Optional<Growth> growth = Optional.empty();

  /**
   * What to do.
   *
   * @param pair what is delivered where
   * @param shards the stream begins with
   * @param records to be put in all, at the least
   * @param trials each made once a round
   * @param pairs of which some are drawn in each round
   * @param drawn how many
   * @param ledger that the job keeps
   * @param pace of a soak, whose faults are drawn one by one
   */
  record Plan(
      Pair pair,
      long seed,
      int shards,
      long records,
      List<Trial> trials,
      List<Trial> pairs,
      int drawn,
      int rounds,
      int taskManagers,
      Ledger.Mode ledger,
      Scheduler scheduler,
      Optional<Pace> pace) {

    Schedule schedule() {
      return Schedule.of(seed, trials, pairs, drawn, rounds);
    }

    /** With fewer records there would be none left to deliver before the last fault. */
    long leastRecords() {
      return (RECORDS_PER_FAULT + RECORDS_PER_SHARD * shards) * (trials.size() + drawn) * rounds;
    }
  }

  /**
   * How it went.
   *
   * @param broke what ended the proof before its time, in words
   */
  record Result(
      Plan plan,
      FaultLog log,
      Verdict verdict,
      Recoveries recoveries,
      Effects effects,
      Optional<Growth> growth,
      Optional<String> broke) {

    boolean holds() {
      return broke.isEmpty()
          && verdict.holds()
          && effects.exact()
          && growth.map(Growth::holds).orElse(true);
    }

    String json() {
      double[] recovered = log.recoverySeconds();
      ObjectNode root = JSON.createObjectNode();
      root.put("seed", plan.seed())
          .put("pair", plan.pair().wireName())
          .put("shards", plan.shards())
          .put("records", verdict.records());
      ArrayNode faults = root.putArray("faults");
      log.entries().forEach(entry -> faults.add(entry.trial().title()));
      recoveries.write(root.putArray("kills"));
      log.writeUnplanned(root.putArray("unplanned"));
      root.put("lost", verdict.lost())
          .put("outOfOrder", verdict.outOfOrder())
          .put("overlapping", verdict.overlapping())
          .put("overlappingUnknownFate", verdict.overlappingUnknownFate())
          .put("repeats", verdict.repeats())
          .put("bound", verdict.bound())
          .put("changedRetries", verdict.changedRetries())
          .put("recoverySecondsP50", tenths(FaultLog.percentile(recovered, 0.5)))
          .put("recoverySecondsMax", tenths(FaultLog.percentile(recovered, 1)))
          .put("ledger", plan.ledger().name().toLowerCase(Locale.ROOT))
          .put("scheduler", plan.scheduler().name().toLowerCase(Locale.ROOT))
          .put("doubledEffects", effects.doubled())
          .put("missingEffects", effects.missing())
          .put("leftOut", verdict.leftOut())
          .put("notWaited", verdict.notWaited())
          .put("excessRepeats", verdict.excessRepeats())
          .put("notConverged", verdict.notConverged())
          // Without an end there was nothing at rest to be read.
          .put("metricsAgainstJournal", broke.isEmpty() ? verdict.metricsAgainstJournal() : null)
          .put("broke", broke.orElse(null));
      growth.ifPresent(found -> SoakReport.write(found, root.putObject("soak")));
      return root.toString();
    }

    private static double tenths(double seconds) {
      return Math.round(seconds * 10) / 10.0;
    }
  }

  Proof(Plan plan, Path directory, Consumer<String> talk) {
    this.plan = plan;
    this.directory = directory;
    this.talk = talk;
  }

  Result run() throws Exception {
    Schedule schedule = plan.schedule();
    FaultLog log = new FaultLog();
    Optional<String> broke = Optional.empty();
    List<TaskReading> readings = List.of();
    talk.accept("everything is kept in " + directory + " until the proof holds");
    talk.accept(
        "seed %d: %s%s"
            .formatted(
                plan.seed(),
                plan.pace().isPresent() ? "drawn from " : "",
                schedule.trials().stream().map(Trial::title).collect(Collectors.joining(", "))));
    try (ProvingGround ground = new ProvingGround(directory, plan);
        Supply supply = supply(ground, schedule)) {
      talk.accept("Flink at http://" + ground.rest.address());
      try {
        // The same load on each process needs a subtask in every slot.
        int subtasks = plan.pace().isPresent() ? ground.slots : FIRST_PARALLELISM;
        ground.submit(Math.min(subtasks, ground.slots), Optional.empty(), Map.of());
        supply.start();
        if (plan.pace().isPresent()) {
          soak(ground, supply, log, plan.pace().get());
        } else {
          makeFaults(ground, supply, log, schedule);
        }
        talk.accept("all faults made; putting the rest");
        supply.flush();
        awaitEverything(ground);
        readings = new MetricsCheck(ground).settle();
        ground.rest.cancel(ground.jobId());
      } catch (IOException | RuntimeException e) {
        // What was seen until then is judged and kept all the same.
        LOG.warn("The proof broke off", e);
        broke = Optional.of(e.toString());
      }
      // A record put after the truth was read would be an invocation out of nowhere.
      supply.end();
      log.addUnplanned(ground.failovers.failovers());
      log.unplanned().stream().map(Proof::told).forEach(talk);
      GroundTruth truth = ground.stored().truth();
      Tally tally = new Tally(due(ground), ground.producer.written(), truth.size());
      broke = broke.or(tally::shortfall);
      tally.excess().ifPresent(talk);
      Evidence evidence =
          new Evidence(
              truth,
              JournalEvidence.invocations(ground.journal().entries()),
              log.crashes(),
              ground.watch.checkpoints(),
              ground.terms(),
              ground
                  .positions()
                  .map(positions -> new Ledger(plan.ledger(), positions.writes()))
                  .orElse(Ledger.NONE),
              log.moves(),
              readings);
      Verdict verdict = Oracle.judge(evidence, plan.pair().events());
      keep(evidence, log, verdict);
      Effects effects = Effects.read(ground.effects, evidence.invocations(), plan.pair().events());
      Recoveries recoveries =
          Recoveries.of(
              log,
              new Standstills(ground.arrivals(), evidence.invocations(), plan.pair().events()));
      return new Result(plan, log, verdict, recoveries, effects, growth, broke);
    }
  }

  private static String told(Failover unplanned) {
    return "unplanned, %.1f s long: Flink %s: %s"
        .formatted(
            (unplanned.over() - unplanned.at()) / 1e6,
            unplanned
                .process()
                .map(process -> "gave up the TaskManager of pid " + process)
                .orElse("began all tasks anew"),
            unplanned.cause().lines().findFirst().orElse(""));
  }

  private Supply supply(ProvingGround ground, Schedule schedule) {
    return plan.pace()
        .map(pace -> Supply.atRate(ground.producer, pace.rate()))
        .orElseGet(() -> new Supply(ground.producer, plan.records(), schedule.seconds()));
  }

  private void soak(ProvingGround ground, Supply supply, FaultLog log, Pace pace) throws Exception {
    ground.spare(Soak.SPARED);
    Random random = new Random(plan.seed());
    try (Soak soak = new Soak(ground, pace, plan.trials())) {
      try {
        soak.run(new FaultMaker(ground, log, random), supply, random, talk);
      } finally {
        growth = Optional.of(soak.growth());
      }
    }
  }

  /** How many records must have been put: more than planned where the faults took longer. */
  private long due(ProvingGround ground) {
    return Math.max(plan.records(), ground.producer.written());
  }

  private void makeFaults(ProvingGround ground, Supply supply, FaultLog log, Schedule schedule)
      throws Exception {
    FaultMaker maker = new FaultMaker(ground, log, new Random(plan.seed()));
    int number = 0;
    for (Trial trial : schedule.trials()) {
      supply.check();
      number++;
      FaultLog.Entry made = maker.make(trial);
      supply.faultDone(trial.seconds());
      talk.accept(
          "%d/%d %s, over after %.1f s: %s (%d records delivered)"
              .formatted(
                  number,
                  schedule.trials().size(),
                  trial.title(),
                  (made.over() - made.at()) / 1e6,
                  made.what(),
                  ground.gauge.delivered()));
    }
  }

  /** Returns when all is delivered; fails when nothing moves any more. */
  private void awaitEverything(ProvingGround ground) throws IOException, InterruptedException {
    ground.gauge.expectProgress();
    long told = System.nanoTime();
    while (ground.gauge.delivered() < ground.stored().count()) {
      if (ground.gauge.secondsWithoutProgress() > STALLED_SECONDS) {
        throw new IOException(
            "nothing was delivered for %d s; %s".formatted(STALLED_SECONDS, ground.diagnosis()));
      }
      if (System.nanoTime() - told > 5_000_000_000L) {
        told = System.nanoTime();
        talk.accept(
            "%d of %d records delivered"
                .formatted(ground.gauge.delivered(), ground.stored().count()));
      }
      Pause.briefly();
    }
  }

  /** The evidence as files, next to the journal and the cluster's logs. */
  private void keep(Evidence evidence, FaultLog log, Verdict verdict) throws IOException {
    Files.writeString(directory.resolve("faults.json"), log.json(JSON));
    Files.writeString(
        directory.resolve("findings.txt"),
        verdict.findings().stream().map(Finding::toString).collect(Collectors.joining("\n")));
    ArrayNode checkpoints = JSON.createArrayNode();
    evidence
        .checkpoints()
        .forEach(
            each ->
                checkpoints
                    .addObject()
                    .put("triggered", each.triggered())
                    .put("begun", each.begun())
                    .put("acknowledged", each.acknowledged())
                    .put("complete", each.complete()));
    Files.writeString(directory.resolve("checkpoints.json"), checkpoints.toString());
    List<String> writes = new ArrayList<>();
    for (Ledger.Write write : evidence.ledger().writes()) {
      writes.add(
          JSON.createObjectNode()
              .put("at", write.at())
              .put("shard", write.shard())
              .put("sequence", write.sequence())
              .toString());
    }
    Files.write(directory.resolve("ledger.jsonl"), writes);
    List<String> truth = new ArrayList<>();
    for (var shard : evidence.truth().shards()) {
      ObjectNode line = JSON.createObjectNode();
      line.put("shard", shard.shard()).put("records", shard.records().size());
      ArrayNode parents = line.putArray("parents");
      shard.parents().forEach(parents::add);
      truth.add(line.toString());
    }
    Files.write(directory.resolve("shards.jsonl"), truth);
  }
}
