// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

/** What a process of the cluster does; its lower-case name is in file names and logs. */
enum Role {
  ZOOKEEPER("org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer"),
  JOBMANAGER("org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"),
  TASKMANAGER("org.apache.flink.runtime.taskexecutor.TaskManagerRunner");

  private final String mainClass;

  Role(String mainClass) {
    this.mainClass = mainClass;
  }

  String mainClass() {
    return mainClass;
  }

  /** For example {@code taskmanager-3}. */
  String process(int number) {
    return title() + "-" + number;
  }

  String title() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
