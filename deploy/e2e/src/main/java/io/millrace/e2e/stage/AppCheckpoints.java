// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.e2e.oracle.Ledger;
import io.millrace.emulator.dis.CheckpointCommit;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The checkpoints of an app of DIS. The service fences nobody, so there is nothing to steal. */
public final class AppCheckpoints implements PositionStore {

  private final String app;
  private final Supplier<List<CheckpointCommit>> commits;

  AppCheckpoints(String app, Supplier<List<CheckpointCommit>> commits) {
    this.app = app;
    this.commits = commits;
  }

  @Override
  public Map<String, String> keys() {
    return Map.of("source.app", app);
  }

  @Override
  public List<Ledger.Write> writes() {
    return commits.get().stream()
        .filter(commit -> commit.app().equals(app))
        .map(commit -> new Ledger.Write(commit.at(), commit.partition(), commit.sequence()))
        .toList();
  }

  @Override
  public FaultRule onWrites(FaultKind kind) {
    return FaultRule.of(FaultTarget.DIS, kind).onOperation("commitCheckpoint");
  }
}
