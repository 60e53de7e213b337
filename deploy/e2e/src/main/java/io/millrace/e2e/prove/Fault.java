// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.oracle.Ledger;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be done to a running job. */
enum Fault {
  /** SIGKILL to a TaskManager that has subtasks; another is started in its place. */
  TASKMANAGER_KILL,
  /** SIGKILL to the JobManager, which is then started again. */
  JOBMANAGER_KILL,
  /** A TaskManager stands still until others have its shards, then goes on. */
  TASKMANAGER_FREEZE,
  /** Stop with a savepoint, resume at another parallelism. */
  PLANNED_RESCALE,
  /** The same, and a TaskManager is killed before the first checkpoint after it. */
  KILL_AFTER_RESCALE,
  /** Stop with a savepoint, and go on from an earlier one. */
  OLD_SAVEPOINT,
  /** The same, with {@code delivery.on-restore: rewind}. */
  REWIND(true),
  /** A shard is split while records are put into it. */
  SPLIT,
  /** Two neighbouring shards are merged while records are put into them. */
  MERGE,
  /** The function fails for one shard. */
  FUNCTION_FAILS,
  /** The function answers nobody, for longer than its timeout. */
  FUNCTION_HANGS,
  /** The function runs, and the connection is reset before the answer. */
  RESET_AFTER_PROCESSING,
  /** The ledger refuses whatever it is asked. */
  LEDGER_FAILS(true),
  /** The ledger answers late. */
  LEDGER_SLOW(true),
  /** Somebody else opens the session of every shard. */
  SESSION_STOLEN(true),
  /** Somebody moves a shard back in the console. */
  OFFSET_RESET(true),
  /** An operator moves a shard back. */
  SEEK_BACK,
  /** An operator moves a shard past an envelope that the function fails for. */
  SEEK_FORWARD,
  /** An operator moves all shards back to a time. */
  SEEK_ALL,
  /** An operator moves a shard, and before that is durable a process is killed. */
  KILL_DURING_SEEK;

  private final boolean ofLedger;

  Fault() {
    this(false);
  }

  Fault(boolean ofLedger) {
    this.ofLedger = ofLedger;
  }

  /** The name on the command line. */
  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it can be done to a job that keeps its ledger so. */
  boolean appliesTo(Ledger.Mode mode) {
    return !ofLedger || mode != Ledger.Mode.NONE;
  }

  /** The fault with this name. */
  static Optional<Fault> titled(String title) {
    return Arrays.stream(values()).filter(fault -> fault.title().equals(title)).findFirst();
  }

  /** All names, for messages. */
  static String titles() {
    return Arrays.stream(values()).map(Fault::title).collect(Collectors.joining(", "));
  }

  /** All faults that can be done to such a job. */
  static List<Fault> all(Ledger.Mode mode) {
    return Arrays.stream(values()).filter(fault -> fault.appliesTo(mode)).toList();
  }
}
