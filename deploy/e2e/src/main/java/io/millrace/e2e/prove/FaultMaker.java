// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.DataHubProducer;
import io.millrace.e2e.stage.DisProducer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;

/** Makes faults, one or a pair at a time, once what was before is over and records flow again. */
final class FaultMaker {

  private final FaultSite site;
  private final KillFaults kills;
  private final RestartFaults restarts;
  private final ServiceFaults services;
  private final CombinedFaults combined;
  private final CheckpointFaults checkpoints;
  private final LedgerFaults ledger;
  private final SubscriptionFaults subscription;
  private final SeekFaults seeks;
  private final CommandFaults commands;

  FaultMaker(ProvingGround ground, FaultLog log, Random random) {
    site = new FaultSite(ground, log, random);
    kills = new KillFaults(site);
    restarts = new RestartFaults(site, kills);
    services = new ServiceFaults(site);
    combined = new CombinedFaults(site, kills, services);
    checkpoints = new CheckpointFaults(site, kills);
    ledger = new LedgerFaults(site);
    subscription = new SubscriptionFaults(site, restarts, ledger);
    seeks = new SeekFaults(site, kills);
    commands = new CommandFaults(site, kills);
  }

  /** Makes a fault, or two, and returns when all is over. */
  FaultLog.Entry make(Trial trial) throws Exception {
    site.awaitSteady();
    FaultLog.Entry made = trial.faults().size() == 1 ? makeAlone(trial) : makeTogether(trial);
    site.log.add(made);
    return made;
  }

  /** Who was killed runs again before anything that lasts is ended. */
  private FaultLog.Entry makeTogether(Trial trial) throws Exception {
    if (trial.faults().contains(Fault.SESSION_STOLEN)) {
      subscription.prepareToSteal();
    }
    long started = System.currentTimeMillis();
    List<Blow> blows = new ArrayList<>();
    for (Fault fault : trial.faults()) {
      blows.add(0, begin(fault));
    }
    for (Blow blow : blows) {
      blow.pass();
    }
    OptionalLong recovered = OptionalLong.empty();
    for (Blow blow : blows) {
      OptionalLong flowing = blow.recover();
      if (flowing.isPresent()) {
        recovered =
            OptionalLong.of(Math.max(flowing.getAsLong(), recovered.orElse(Long.MIN_VALUE)));
      }
    }
    String what = blows.stream().map(Blow::what).collect(Collectors.joining("; "));
    if (trial.faults().stream().anyMatch(Fault::isOfStorage)
        && !trial.kills()
        && site.ground.rest.hasFailedSince(site.ground.jobId(), started)) {
      throw new IOException(
          "%s made a task restart: %s; %s".formatted(trial.title(), what, site.ground.diagnosis()));
    }
    long at = blows.stream().mapToLong(Blow::at).min().orElseThrow();
    return new FaultLog.Entry(trial, at, site.now(), recovered, what);
  }

  private Blow begin(Fault fault) throws Exception {
    return switch (fault) {
      case TASKMANAGER_KILL -> kills.strikeTaskManager();
      case JOBMANAGER_KILL -> kills.strikeJobManager();
      case TASKMANAGER_FREEZE -> kills.freeze();
      case CHECKPOINT_FAILS -> checkpoints.fail();
      case CHECKPOINT_DISK_FULL -> checkpoints.diskFull();
      case CHECKPOINT_EXPIRES -> checkpoints.expire();
      case FUNCTION_FAILS -> services.failForOne();
      case FUNCTION_HANGS -> services.hang();
      case FUNCTION_SERVER_ERROR -> services.serverError();
      case FUNCTION_THROTTLES -> services.throttle();
      case PARTIAL_OUTAGE -> services.partialOutage();
      case CONNECTION_REFUSED -> services.refuseConnections();
      case RESET_BEFORE_PROCESSING -> services.resetBefore();
      case RESET_AFTER_PROCESSING -> services.resetAfter();
      case ANSWER_TRUNCATED -> services.truncate();
      case STREAM_THROTTLES -> services.streamThrottles();
      case STREAM_FAILS -> services.streamFails();
      case STREAM_SLOW -> services.streamSlow();
      case CURSOR_EXPIRES -> services.cursorsExpire();
      case LEDGER_FAILS -> ledger.fail();
      case LEDGER_SLOW -> ledger.slow();
      case SESSION_STOLEN -> subscription.steal();
      default -> throw new IllegalArgumentException(fault + " is made alone");
    };
  }

  private FaultLog.Entry makeAlone(Trial trial) throws Exception {
    Fault fault = trial.faults().get(0);
    return switch (fault) {
      case TASKMANAGER_KILL -> kills.taskManager(fault, "");
      case JOBMANAGER_KILL -> kills.jobManager(fault, "");
      case PLANNED_RESCALE -> restarts.rescale();
      case KILL_AFTER_RESCALE -> restarts.killAfterRescale();
      case IN_PLACE_RESCALE -> restarts.rescaleInPlace();
      case OLD_SAVEPOINT -> restarts.oldSavepoint(fault, false);
      case REWIND -> restarts.oldSavepoint(fault, true);
      case SPLIT -> topic().split();
      case MERGE -> topic().merge();
      case SCALE_UP -> partitions().up();
      case SCALE_DOWN -> partitions().down();
      case KILLS_WHILE_RESHARDING ->
          switch (site.ground.pair.stream()) {
            case DATAHUB -> topic().withKills(kills);
            case DIS -> partitions().withKills(kills);
          };
      case ZOOKEEPER_KILL -> kills.zooKeeper();
      case KILL_IN_OUTAGE -> combined.killInOutage();
      case KILL_WHILE_CHECKPOINTS_FAIL -> checkpoints.withKill();
      case OFFSET_RESET -> subscription.reset();
      case SEEK_BACK -> seeks.back();
      case SEEK_FORWARD -> seeks.forward();
      case SEEK_ALL -> seeks.all();
      case KILL_DURING_SEEK -> seeks.withKill();
      case KILL_DURING_COMMAND -> commands.withKill();
      default -> makeTogether(trial);
    };
  }

  private TopicFaults topic() {
    return new TopicFaults(site, (DataHubProducer) site.ground.producer);
  }

  private PartitionFaults partitions() {
    return new PartitionFaults(site, (DisProducer) site.ground.producer);
  }
}
