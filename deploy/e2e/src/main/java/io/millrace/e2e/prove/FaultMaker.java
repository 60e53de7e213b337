// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.DataHubProducer;
import io.millrace.e2e.stage.DisProducer;
import java.util.Random;

/** Makes faults, one at a time, each once the one before it is over and records flow again. */
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
  }

  /** Makes one fault and returns when it is over. */
  FaultLog.Entry make(Fault fault) throws Exception {
    site.awaitSteady();
    FaultLog.Entry made =
        switch (fault) {
          case TASKMANAGER_KILL -> kills.taskManager(fault, "");
          case JOBMANAGER_KILL -> kills.jobManager(fault, "");
          case TASKMANAGER_FREEZE -> kills.freeze();
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
          case CHECKPOINT_FAILS -> checkpoints.fail();
          case CHECKPOINT_DISK_FULL -> checkpoints.diskFull();
          case CHECKPOINT_EXPIRES -> checkpoints.expire();
          case KILL_WHILE_CHECKPOINTS_FAIL -> checkpoints.withKill();
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
          case OFFSET_RESET -> subscription.reset();
          case SEEK_BACK -> seeks.back();
          case SEEK_FORWARD -> seeks.forward();
          case SEEK_ALL -> seeks.all();
          case KILL_DURING_SEEK -> seeks.withKill();
        };
    site.log.add(made);
    return made;
  }

  private TopicFaults topic() {
    return new TopicFaults(site, (DataHubProducer) site.ground.producer);
  }

  private PartitionFaults partitions() {
    return new PartitionFaults(site, (DisProducer) site.ground.producer);
  }
}
