// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.oracle.Ledger;
import io.millrace.e2e.stage.StreamService;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What can be done to a running job. */
enum Fault {
  /** SIGKILL to a TaskManager that has subtasks; another is started in its place. */
  TASKMANAGER_KILL(Victim.TASKMANAGER),
  /** SIGKILL to the JobManager, which is then started again. */
  JOBMANAGER_KILL(Victim.JOBMANAGER),
  /** A TaskManager stands still until others have its shards, then goes on. */
  TASKMANAGER_FREEZE(Victim.TASKMANAGER),
  /** Stop with a savepoint, resume at another parallelism. */
  PLANNED_RESCALE,
  /** The same, and a TaskManager is killed before the first checkpoint after it. */
  KILL_AFTER_RESCALE,
  /** Another parallelism and back while the job runs, each a restart by Flink. */
  IN_PLACE_RESCALE(Needs.ADAPTIVE),
  /** Stop with a savepoint, and go on from an earlier one. */
  OLD_SAVEPOINT,
  /** The same, with {@code delivery.on-restore: rewind}. */
  REWIND(Needs.LEDGER),
  /** A shard is split while records are put into it. */
  SPLIT(Needs.TOPIC),
  /** Two neighbouring shards are merged while records are put into them. */
  MERGE(Needs.TOPIC),
  /** A stream gets more partitions while records are put into it. */
  SCALE_UP(Needs.PARTITIONS),
  /** A stream loses its last partitions while records are put into it. */
  SCALE_DOWN(Needs.PARTITIONS),
  /** The stream is resharded there and back, and processes are killed in between. */
  KILLS_WHILE_RESHARDING,
  /** SIGKILL to ZooKeeper, which is started again. */
  ZOOKEEPER_KILL,
  /** SIGKILL to a process while a part of a service is out. */
  KILL_IN_OUTAGE,
  /** The storage refuses every write, so that no checkpoint completes. */
  CHECKPOINT_FAILS(Victim.STORAGE),
  /** The storage is full: writes end in the middle. */
  CHECKPOINT_DISK_FULL(Victim.STORAGE),
  /** Writes to the storage hang until checkpoints expire. */
  CHECKPOINT_EXPIRES(Victim.STORAGE),
  /** No checkpoint completes for a while, and before one does again a process is killed. */
  KILL_WHILE_CHECKPOINTS_FAIL,
  /** The function fails for one shard. */
  FUNCTION_FAILS(Victim.FUNCTION),
  /** The function's service answers 500. */
  FUNCTION_SERVER_ERROR(Victim.FUNCTION),
  /** The function's service refuses what comes too fast. */
  FUNCTION_THROTTLES(Victim.FUNCTION),
  /** Three calls of ten are answered 503. */
  PARTIAL_OUTAGE(Victim.FUNCTION),
  /** Nobody listens where the function was. */
  CONNECTION_REFUSED(Victim.FUNCTION),
  /** The function answers nobody, for longer than its timeout. */
  FUNCTION_HANGS(Victim.FUNCTION),
  /** The connection is reset before the function runs. */
  RESET_BEFORE_PROCESSING(Victim.FUNCTION),
  /** The function runs, and the connection is reset before the answer. */
  RESET_AFTER_PROCESSING(Victim.FUNCTION),
  /** The function runs, and half of its answer arrives. */
  ANSWER_TRUNCATED(Victim.FUNCTION),
  /** The stream refuses fetches that come too fast. */
  STREAM_THROTTLES(Victim.STREAM),
  /** The stream answers fetches with 500. */
  STREAM_FAILS(Victim.STREAM),
  /** The stream answers fetches late. */
  STREAM_SLOW(Victim.STREAM),
  /** Cursors expire before their time. */
  CURSOR_EXPIRES(Victim.STREAM),
  /** The ledger refuses whatever it is asked. */
  LEDGER_FAILS(Needs.LEDGER, Victim.LEDGER),
  /** The ledger answers late. */
  LEDGER_SLOW(Needs.LEDGER, Victim.LEDGER),
  /** Somebody else opens the session of every shard. */
  SESSION_STOLEN(Needs.SUBSCRIPTION, Victim.LEDGER),
  /** Somebody moves a shard back in the console. */
  OFFSET_RESET(Needs.SUBSCRIPTION),
  /** An operator moves a shard back. */
  SEEK_BACK,
  /** An operator moves a shard past an envelope that the function fails for. */
  SEEK_FORWARD,
  /** An operator moves all shards back to a time. */
  SEEK_ALL,
  /** An operator moves a shard, and before that is durable a process is killed. */
  KILL_DURING_SEEK,
  /** Operators suspend, resume, retry and skip, and a process is killed before or after it. */
  KILL_DURING_COMMAND;

  private enum Needs {
    NOTHING("any job"),
    LEDGER("--ledger strict or pipelined: without a ledger there is nothing to disturb"),
    SUBSCRIPTION("a --pair that begins with datahub, and --ledger strict or pipelined"),
    TOPIC("a --pair that begins with datahub: partitions of DIS are scaled instead"),
    ADAPTIVE("--scheduler adaptive: the default one has no other parallelism without a stop"),
    PARTITIONS("a --pair that begins with dis: shards of DataHub are split and merged instead");

    private final String words;

    Needs(String words) {
      this.words = words;
    }

    boolean met(StreamService stream, Ledger.Mode mode, Scheduler scheduler) {
      boolean ledger = mode != Ledger.Mode.NONE;
      return switch (this) {
        case NOTHING -> true;
        case LEDGER -> ledger;
        case SUBSCRIPTION -> ledger && stream == StreamService.DATAHUB;
        case TOPIC -> stream == StreamService.DATAHUB;
        case ADAPTIVE -> scheduler == Scheduler.ADAPTIVE;
        case PARTITIONS -> stream == StreamService.DIS;
      };
    }
  }

  /** What is struck, in the order in which the two of a pair are begun: at last what kills. */
  private enum Victim {
    /** The job as a whole: nothing else can be done to it meanwhile. */
    JOB,
    STORAGE,
    FUNCTION,
    STREAM,
    LEDGER,
    TASKMANAGER,
    JOBMANAGER
  }

  /** The order in which faults are begun that are begun together. */
  static final Comparator<Fault> BEGINNING = Comparator.comparing(fault -> fault.victim);

  private final Needs needs;
  private final Victim victim;

  Fault() {
    this(Needs.NOTHING, Victim.JOB);
  }

  Fault(Needs needs) {
    this(needs, Victim.JOB);
  }

  Fault(Victim victim) {
    this(Needs.NOTHING, victim);
  }

  Fault(Needs needs, Victim victim) {
    this.needs = needs;
    this.victim = victim;
  }

  /** Whether another can be begun together with it. */
  boolean isPaired() {
    return victim != Victim.JOB;
  }

  /** Whether the two can be begun together: each strikes something else. */
  boolean pairsWith(Fault other) {
    return isPaired() && other.isPaired() && victim != other.victim;
  }

  /** Whether a process dies of it, or is given up. */
  boolean kills() {
    return victim == Victim.TASKMANAGER || victim == Victim.JOBMANAGER;
  }

  /** Whether no checkpoint completes meanwhile. */
  boolean isOfStorage() {
    return victim == Victim.STORAGE;
  }

  /** What it takes, roughly: the records must last so long. */
  int seconds() {
    return this == KILL_DURING_COMMAND ? 60 : 20;
  }

  /** The name on the command line. */
  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it can be done to a job that reads such a stream, keeps its ledger so, and so on. */
  boolean appliesTo(StreamService stream, Ledger.Mode mode, Scheduler scheduler) {
    return needs.met(stream, mode, scheduler);
  }

  /** To which jobs it can be done, for messages. */
  String applicability() {
    return needs.words;
  }

  /** The fault with this name. */
  static Optional<Fault> titled(String title) {
    return Arrays.stream(values()).filter(fault -> fault.title().equals(title)).findFirst();
  }

  /** All names, for messages. */
  static String titles() {
    return titles(fault -> true);
  }

  /** The names of some, for messages. */
  static String titles(Predicate<Fault> which) {
    return Arrays.stream(values())
        .filter(which)
        .map(Fault::title)
        .collect(Collectors.joining(", "));
  }

  /** All faults that can be done to such a job. */
  static List<Fault> all(StreamService stream, Ledger.Mode mode, Scheduler scheduler) {
    return Arrays.stream(values())
        .filter(fault -> fault.appliesTo(stream, mode, scheduler))
        .toList();
  }
}
