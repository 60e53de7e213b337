// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.soak;

import static io.millrace.e2e.soak.Subject.CLUSTER;
import static io.millrace.e2e.soak.Subject.JOB;
import static io.millrace.e2e.soak.Subject.JOBMANAGER;
import static io.millrace.e2e.soak.Subject.TASKMANAGER;

import java.util.Set;

/** What is sampled, and must not grow where nothing else is said. */
public enum Quantity {
  /** What a full collection leaves of a process's heap. */
  HEAP("heap after a full collection", "MB", 1e6, 1e6, JOBMANAGER, TASKMANAGER),
  /** What the classes of a process take, of which a full collection removes the unloaded ones. */
  METASPACE("metaspace", "MB", 1e6, 1e6, JOBMANAGER, TASKMANAGER),
  /** Threads of a process, without those with which the JVM compiles and collects. */
  THREADS("threads", "", 1, 2, JOBMANAGER, TASKMANAGER),
  /** Open sockets of a process. */
  SOCKETS("sockets", "", 1, 2, JOBMANAGER, TASKMANAGER),
  /** Whatever else a process has opened. */
  OPEN_FILES("open files", "", 1, 2, JOBMANAGER, TASKMANAGER),
  /** RocksDB's files of a process. */
  ROCKSDB("files of RocksDB", "KB", 1e3, 64e3, TASKMANAGER),
  /** All other files of a process: jars, native libraries, caches. */
  OTHER_FILES("other temporary files", "KB", 1e3, 256e3, JOBMANAGER, TASKMANAGER),
  /** State in the last completed checkpoint, shared files included. */
  CHECKPOINT("state in a checkpoint", "KB", 1e3, 64e3, JOB),
  /**
   * All files that the job's checkpoints have on disk. They may grow: what a checkpoint had written
   * that was under way when a process died, Flink leaves where it is.
   */
  CHECKPOINT_FILES("files of checkpoints", "KB", 1e3, Double.POSITIVE_INFINITY, JOB),
  /** Temporary files of all processes that there ever were. */
  TEMPORARY_FILES("temporary files", "MB", 1e6, 1e6, CLUSTER),
  /** Files that ZooKeeper points to: job graphs, and where checkpoints are. */
  HIGH_AVAILABILITY("files of high availability", "KB", 1e3, 64e3, CLUSTER);

  private final String title;
  private final String unit;
  private final double scale;
  private final double grain;
  private final boolean ofJobManagers;
  private final boolean ofTaskManagers;
  private final boolean ofJobs;
  private final boolean ofClusters;

  Quantity(String title, String unit, double scale, double grain, Subject... subjects) {
    this.title = title;
    this.unit = unit;
    this.scale = scale;
    this.grain = grain;
    Set<Subject> all = Set.of(subjects);
    ofJobManagers = all.contains(JOBMANAGER);
    ofTaskManagers = all.contains(TASKMANAGER);
    ofJobs = all.contains(JOB);
    ofClusters = all.contains(CLUSTER);
  }

  /** What it is, in words. */
  public String title() {
    return title;
  }

  /** Whether there must be samples of it. */
  boolean isOf(Subject subject) {
    return switch (subject) {
      case JOBMANAGER -> ofJobManagers;
      case TASKMANAGER -> ofTaskManagers;
      case JOB -> ofJobs;
      case CLUSTER -> ofClusters;
    };
  }

  /** Whether it must not grow; else it is told, and that is all. */
  boolean isLimited() {
    return grain < Double.POSITIVE_INFINITY;
  }

  /** A difference that means nothing, however small the whole: one more idle connection, say. */
  double grain() {
    return grain;
  }

  /** A value for people. */
  String text(double value) {
    return (scale == 1 ? "%.0f".formatted(value) : "%.1f %s".formatted(value / scale, unit));
  }
}
