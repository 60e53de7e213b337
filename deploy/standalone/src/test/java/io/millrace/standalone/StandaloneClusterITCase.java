// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(300)
class StandaloneClusterITCase {

  @TempDir private Path temporary;
  private Path directory;

  /** Paths travel through files, arguments and URIs, so this one has a space in it. */
  @BeforeEach
  void directory() {
    directory = temporary.resolve("my cluster");
  }

  @Test
  void processesAreKilledAndStartedAnewAndNoneIsLeftAfterTheStop() throws IOException {
    Set<Long> pids = new TreeSet<>();
    try (StandaloneCluster cluster =
        StandaloneCluster.in(directory).taskManagers(2).slots(1).start()) {
      assertThat(cluster.taskManagerPids()).containsOnlyKeys(0, 1);
      pids.addAll(cluster.taskManagerPids().values());
      pids.add(cluster.jobManagerPid());

      Path files = directory.resolve("tmp");
      assertThat(files.resolve("taskmanager-0")).isNotEmptyDirectory();
      cluster.killTaskManager(0);
      assertThat(cluster.taskManagerPids()).containsOnlyKeys(1);
      assertThat(cluster.startTaskManager()).isEqualTo(2);
      // Nobody else could remove what a killed process leaves.
      assertThat(files.resolve("taskmanager-0")).doesNotExist();
      cluster.awaitTaskManagers(2);
      assertThat(files.resolve("taskmanager-2")).isNotEmptyDirectory();
      try (Stream<Path> all = Files.list(files)) {
        assertThat(all.map(each -> each.getFileName().toString()))
            .containsExactlyInAnyOrder(
                "zookeeper-0", "jobmanager-0", "taskmanager-1", "taskmanager-2");
      }
      assertThat(cluster.taskManagerPids()).containsOnlyKeys(1, 2);

      long killed = cluster.jobManagerPid();
      cluster.killJobManager();
      assertThatThrownBy(cluster::jobManagerPid).hasMessageContaining("jobmanager-0.log");
      cluster.startJobManager();
      cluster.awaitTaskManagers(2);
      assertThat(cluster.jobManagerPid()).isNotEqualTo(killed);

      // Flink writes where the configuration says, not to a directory with %20 in its name.
      assertThat(temporary).isDirectoryNotContaining("glob:**%20**");

      cluster.freezeTaskManager(1);
      pids.addAll(cluster.taskManagerPids().values());
      pids.add(cluster.jobManagerPid());
      assertThat(pids).filteredOn(StandaloneClusterITCase::lives).hasSize(3);
    }
    assertThat(pids).noneMatch(StandaloneClusterITCase::lives);
    assertThat(StandaloneCluster.attach(directory)).isEmpty();
  }

  @Test
  void commandsOfDifferentProcessesShareOneClusterByItsDirectory() {
    assertThat(run("start", "--taskmanagers", "1", "--port", "0").status()).isZero();
    try {
      StandaloneCluster cluster = StandaloneCluster.attach(directory).orElseThrow();
      Ran again = run("start");
      assertThat(again.status()).isZero();
      assertThat(again.out()).contains(cluster.restAddress());
      assertThat(again.err()).contains("already").doesNotContain("it runs with");
      Ran other = run("start", "--taskmanagers", "3", "-Dheartbeat.timeout=9 s");
      assertThat(other.err())
          .contains("--taskmanagers: it runs with 1, not 3")
          .contains("-Dheartbeat.timeout: it runs with 6 s, not 9 s");

      cluster.killJobManager();
      Ran dead = run("start");
      assertThat(dead.status()).isEqualTo(2);
      assertThat(dead.out()).isEmpty();
      assertThat(dead.err())
          .contains("jobmanager-0 (pid ", " has ended; see ", "cluster stop, then start");
    } finally {
      assertThat(run("stop").status()).isZero();
    }
    assertThat(StandaloneCluster.attach(directory)).isEmpty();
    assertThat(run("stop").err()).contains("No cluster runs");
  }

  @Test
  void aTakenPortIsNamedAndNothingIsStarted() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ran ran = run("start", "--port", Integer.toString(taken.getLocalPort()));
      assertThat(ran.status()).isEqualTo(2);
      assertThat(ran.err()).contains("Port " + taken.getLocalPort() + " is taken");
      assertThat(StandaloneCluster.attach(directory)).isEmpty();
    }
  }

  @Test
  void whatIsOutOfRangeIsRefusedBeforeAnythingIsMade() {
    for (String option : List.of("--port", "--taskmanagers", "--slots")) {
      Ran ran = run("start", option, "99999");
      assertThat(ran.status()).isEqualTo(2);
      assertThat(ran.err().lines()).singleElement().asString().contains(option + ": 99999 is not");
    }
    assertThat(directory).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b", "a,b"})
  void aDirectoryThatFlinkWouldTakeForTwoIsRefused(String name) {
    directory = temporary.resolve(name);
    Ran ran = run("start");
    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.err().lines()).singleElement().asString().contains(name);
    assertThat(directory).doesNotExist();
  }

  @Test
  void aStartDuringAnotherIsRefused() {
    StartLock held = StartLock.take(new ClusterLayout(directory));
    try {
      Ran ran = run("start", "--port", "0");
      assertThat(ran.status()).isEqualTo(2);
      assertThat(ran.err()).contains("is being started in " + directory);
    } finally {
      held.close();
    }
  }

  @Test
  void aProcessThatDiesEarlyIsNamedWithItsLog() {
    assertThatThrownBy(
            () ->
                StandaloneCluster.in(directory)
                    .taskManagers(1)
                    .config(Map.of("env.java.opts.taskmanager", "-XX:NoSuchFlag"))
                    .start())
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("taskmanager-0")
        .hasMessageContaining(directory.resolve("log").toString());
    assertThat(directory.resolve("log").resolve("taskmanager-0.out"))
        .content()
        .contains("NoSuchFlag");
    assertThat(StandaloneCluster.attach(directory)).isEmpty();
  }

  @Test
  void aPidThatBelongsToSomebodyElseIsLeftAlone() throws IOException {
    Path pids = Files.createDirectories(directory.resolve("pids"));
    Files.writeString(pids.resolve("ports.properties"), "rest=8081\nzookeeper=2181\n");
    Files.writeString(
        pids.resolve("taskmanager-0.pid"),
        "pid=%d\nstarted=2001-01-01T00\\:00\\:00Z\n".formatted(ProcessHandle.current().pid()));
    assertThat(StandaloneCluster.attach(directory)).isEmpty();
    assertThat(run("stop").err()).contains("No cluster runs");
  }

  private static boolean lives(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private record Ran(int status, String out, String err) {}

  private Ran run(String command, String... options) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        new CommandLine(new ClusterCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    String[] args = new String[options.length + 3];
    args[0] = command;
    args[1] = "--directory";
    args[2] = directory.toString();
    System.arraycopy(options, 0, args, 3, options.length);
    return new Ran(line.execute(args), out.toString(), err.toString());
  }
}
