// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

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
  /** Stop with a savepoint, resume at another parallelism. */
  PLANNED_RESCALE,
  /** The same, and a TaskManager is killed before the first checkpoint after it. */
  KILL_AFTER_RESCALE,
  /** A shard is split while records are put into it. */
  SPLIT,
  /** Two neighbouring shards are merged while records are put into them. */
  MERGE,
  /** The function fails for one shard. */
  FUNCTION_FAILS,
  /** The function answers nobody, for longer than its timeout. */
  FUNCTION_HANGS,
  /** The function runs, and the connection is reset before the answer. */
  RESET_AFTER_PROCESSING;

  /** The name on the command line. */
  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The fault with this name. */
  static Optional<Fault> titled(String title) {
    return Arrays.stream(values()).filter(fault -> fault.title().equals(title)).findFirst();
  }

  /** All names, for messages. */
  static String titles() {
    return Arrays.stream(values()).map(Fault::title).collect(Collectors.joining(", "));
  }

  /** All faults. */
  static List<Fault> all() {
    return List.of(values());
  }
}
