// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import java.util.Random;

/** Makes faults, one at a time, each once the one before it is over and records flow again. */
final class FaultMaker {

  private final FaultSite site;
  private final KillFaults kills;
  private final RestartFaults restarts;
  private final StreamFaults stream;
  private final FunctionFaults function;
  private final LedgerFaults ledger;
  private final SeekFaults seeks;

  FaultMaker(ProvingGround ground, FaultLog log, Random random) {
    site = new FaultSite(ground, log, random);
    kills = new KillFaults(site);
    restarts = new RestartFaults(site, kills);
    stream = new StreamFaults(site);
    function = new FunctionFaults(site);
    ledger = new LedgerFaults(site, restarts);
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
          case OLD_SAVEPOINT -> restarts.oldSavepoint(fault, false);
          case REWIND -> restarts.oldSavepoint(fault, true);
          case SPLIT -> stream.split();
          case MERGE -> stream.merge();
          case FUNCTION_FAILS -> function.fail();
          case FUNCTION_HANGS -> function.hang();
          case RESET_AFTER_PROCESSING -> function.reset();
          case LEDGER_FAILS -> ledger.fail();
          case LEDGER_SLOW -> ledger.slow();
          case SESSION_STOLEN -> ledger.steal();
          case OFFSET_RESET -> ledger.reset();
          case SEEK_BACK -> seeks.back();
          case SEEK_FORWARD -> seeks.forward();
          case SEEK_ALL -> seeks.all();
          case KILL_DURING_SEEK -> seeks.withKill();
        };
    site.log.add(made);
    return made;
  }
}
