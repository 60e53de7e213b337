// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import java.util.ArrayList;
import java.util.List;

/** Two faults at the same moment. */
final class CombinedFaults {

  private final FaultSite site;
  private final ProvingGround ground;
  private final KillFaults kills;
  private final ServiceFaults services;

  CombinedFaults(FaultSite site, KillFaults kills, ServiceFaults services) {
    this.site = site;
    this.ground = site.ground;
    this.kills = kills;
    this.services = services;
  }

  /** A process dies while a part of a service is out. */
  FaultLog.Entry killInOutage() throws Exception {
    List<FaultRule> outages = new ArrayList<>();
    outages.add(ServiceFaults.partOfFunctionOut());
    outages.add(services.partOfStreamOut());
    ground
        .positions()
        .ifPresent(store -> outages.add(store.onWrites(FaultKind.STATUS).withProbability(0.5)));
    FaultRule outage = site.pick(outages);
    String what =
        "%s of %s fails in %.0f %%: "
            .formatted(
                outage.operation().orElse("every call"),
                outage.target().wireName(),
                100 * outage.probability());
    long id = ground.faults().add(outage);
    try {
      ground.await("a call that fails", () -> site.strikes(outage, id) > 0);
      return site.below(2) == 0
          ? kills.jobManager(Fault.KILL_IN_OUTAGE, what)
          : kills.taskManager(Fault.KILL_IN_OUTAGE, what);
    } finally {
      ground.faults().remove(id);
    }
  }
}
