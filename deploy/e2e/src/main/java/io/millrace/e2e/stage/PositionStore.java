// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.e2e.oracle.Ledger;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import java.util.List;
import java.util.Map;

/** Where a job keeps what it has delivered, as the service sees it. */
public sealed interface PositionStore permits SubscriptionConsole, AppCheckpoints {

  /** What a trigger says of it. */
  Map<String, String> keys();

  /** What the service has accepted, in the order in which it took effect, resets included. */
  List<Ledger.Write> writes();

  /** A rule that strikes whatever is written to it, with nothing said yet but the kind. */
  FaultRule onWrites(FaultKind kind);
}
