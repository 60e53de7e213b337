// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A Flink session cluster on this machine, each part a process of its own: ZooKeeper, a JobManager
 * and TaskManagers. ZooKeeper keeps the jobs, so a killed JobManager recovers them when it is
 * started again.
 *
 * <p>Everything a cluster is lies in files under its directory. The processes outlive this JVM, and
 * {@link #attach} finds them again from another one.
 *
 * <p>Safe for use by several threads. TaskManagers are numbered from 0 in the order they were
 * started; a number is not used twice between a start and a stop.
 */
public final class StandaloneCluster implements AutoCloseable {

  /** Of 1.2 GB each on one machine. */
  static final int MOST_TASK_MANAGERS = 16;

  /** Each is a thread for every task of a job. */
  static final int MOST_SLOTS = 64;

  private static final Duration END_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(1);
  private static final String SLOTS = "taskmanager.numberOfTaskSlots";

  private final ClusterLayout layout;
  private final Ports ports;
  private final RestProbe rest;
  private final ProcessTable processes;

  /**
   * Processes outlive this JVM: until all are up, and in a cluster of its own, it takes them along.
   */
  private final Thread atExit = new Thread(this::stop, "stop-cluster");

  private boolean stopped;

  private StandaloneCluster(ClusterLayout layout, Ports ports) {
    this.layout = layout;
    this.ports = ports;
    this.rest = new RestProbe(restAddress());
    this.processes = new ProcessTable(layout);
  }

  /** A cluster to be started in a directory, which is made if it does not exist. */
  public static Builder in(Path directory) {
    return new Builder(new ClusterLayout(directory));
  }

  /** The cluster that runs in a directory, whoever started it. */
  public static Optional<StandaloneCluster> attach(Path directory) {
    ClusterLayout layout = new ClusterLayout(directory);
    if (!Files.exists(layout.ports())) {
      return Optional.empty();
    }
    StandaloneCluster cluster = new StandaloneCluster(layout, Ports.read(layout.ports()));
    return cluster.processes.anyAlive() ? Optional.of(cluster) : Optional.empty();
  }

  /** What to start, and how. */
  public static final class Builder {

    private final ClusterLayout layout;
    private final Map<String, String> config = new HashMap<>();
    private final List<Path> plugins = new ArrayList<>();
    private int taskManagers = 2;
    private int slots = 2;
    private int restPort;
    private boolean endsWithThisProcess;

    private Builder(ClusterLayout layout) {
      this.layout = layout;
    }

    /** How many TaskManagers; 2 if not said. */
    public Builder taskManagers(int count) {
      this.taskManagers = count;
      return this;
    }

    /** Slots per TaskManager; 2 if not said. */
    public Builder slots(int count) {
      this.slots = count;
      return this;
    }

    /** The port of Flink's REST; 0, the default, is any that is free. */
    public Builder restPort(int port) {
      this.restPort = port;
      return this;
    }

    /** Flink settings over the cluster's own, by their keys. */
    public Builder config(Map<String, String> settings) {
      config.putAll(settings);
      return this;
    }

    /** A plugin of Flink's that its processes load: a file system, for one. */
    public Builder plugin(Path jar) {
      plugins.add(jar);
      return this;
    }

    /** A cluster that nobody is to find later: it ends with this JVM at the latest. */
    public Builder endsWithThisProcess() {
      this.endsWithThisProcess = true;
      return this;
    }

    /**
     * Starts every process and returns when all TaskManagers are registered. Where that fails, or
     * this JVM is ended meanwhile, none is left.
     */
    public StandaloneCluster start() {
      if (taskManagers < 0
          || taskManagers > MOST_TASK_MANAGERS
          || slots < 1
          || slots > MOST_SLOTS) {
        throw new ClusterException(
            "A cluster has 0 to %d TaskManagers with 1 to %d slots each, not %d with %d"
                .formatted(MOST_TASK_MANAGERS, MOST_SLOTS, taskManagers, slots));
      }
      Ports ports = Ports.pick(restPort);
      StartLock lock = StartLock.take(layout);
      try {
        return startLocked(ports);
      } finally {
        lock.close();
      }
    }

    private StandaloneCluster startLocked(Ports ports) {
      attach(layout.directory())
          .ifPresent(
              running -> {
                throw new ClusterException(
                    "A cluster runs in "
                        + layout.directory()
                        + " already: "
                        + running.restAddress());
              });
      layout.clear();
      layout.create();
      plugins.forEach(layout::install);
      ports.write(layout.ports());
      Map<String, String> flink = ClusterConfiguration.flink(layout, ports, slots, config);
      ClusterConfiguration.write(layout, ports, flink);
      PropertyFile.write(layout.settings(), PropertyFile.of(flink));
      StandaloneCluster cluster = new StandaloneCluster(layout, ports);
      Runtime.getRuntime().addShutdownHook(cluster.atExit);
      try {
        cluster.startAll(taskManagers);
      } catch (RuntimeException e) {
        cluster.stop();
        throw e;
      }
      if (!endsWithThisProcess) {
        cluster.outliveThisProcess();
      }
      return cluster;
    }
  }

  private void startAll(int taskManagers) {
    startZooKeeper();
    launch(Role.JOBMANAGER, 0);
    for (int i = 0; i < taskManagers; i++) {
      launch(Role.TASKMANAGER, i);
    }
    awaitTaskManagers(taskManagers);
  }

  /** Flink's REST, as {@code host:port}. It stays the same when the JobManager is started anew. */
  public String restAddress() {
    return "127.0.0.1:" + ports.rest();
  }

  /** Where ZooKeeper listens, as {@code host:port}. */
  public String zooKeeperAddress() {
    return "127.0.0.1:" + ports.zooKeeper();
  }

  /** How many slots each TaskManager has. */
  int slots() {
    return Integer.parseInt(setting(SLOTS).orElse("1"));
  }

  /** A Flink setting as the cluster was started with it. */
  Optional<String> setting(String key) {
    return Optional.ofNullable(PropertyFile.map(layout.settings()).get(key));
  }

  int restPort() {
    return ports.rest();
  }

  /**
   * Returns when Flink's REST answers.
   *
   * @throws ClusterException naming the process that has ended and its log, or after a minute
   */
  public void requireAnswer() {
    List<ClusterProcess> needed =
        List.of(processes.only(Role.ZOOKEEPER), processes.only(Role.JOBMANAGER));
    long deadline = System.nanoTime() + ANSWER_TIMEOUT.toNanos();
    do {
      processes.requireAlive(needed);
      if (rest.taskManagers().isPresent()) {
        return;
      }
      ClusterProcess.pause();
    } while (System.nanoTime() < deadline);
    throw new ClusterException(
        "http://%s, the cluster in %s, does not answer; see %s"
            .formatted(restAddress(), directory(), log(Role.JOBMANAGER.process(0))));
  }

  /** The directory that holds the cluster's logs and state. */
  public Path directory() {
    return layout.directory();
  }

  /** The temporary files of all processes, each in a directory of its own. */
  public Path temporaryDirectory() {
    return layout.temporary();
  }

  /** Job graphs and checkpoint handles, which ZooKeeper points to. */
  public Path highAvailabilityDirectory() {
    return layout.highAvailability();
  }

  /** Where savepoints go unless a job says otherwise. */
  public Path savepointDirectory() {
    return layout.savepoints();
  }

  /** The log of a process, for example {@code taskmanager-3} or {@code jobmanager-0}. */
  public Path log(String process) {
    return layout.logOf(process);
  }

  // ---- TaskManagers ----

  /** The live TaskManagers: number → pid. */
  public synchronized SortedMap<Integer, Long> taskManagerPids() {
    SortedMap<Integer, Long> pids = new TreeMap<>();
    processes
        .of(Role.TASKMANAGER)
        .forEach(
            (number, process) -> {
              if (process.isAlive()) {
                pids.put(number, process.pid());
              }
            });
    return Collections.unmodifiableSortedMap(pids);
  }

  /** The same in texts: the id by which Flink knows each → pid. */
  public Map<String, String> taskManagerProcesses() {
    Map<String, String> pids = new HashMap<>();
    taskManagerPids()
        .forEach((number, pid) -> pids.put(Role.TASKMANAGER.process(number), Long.toString(pid)));
    return pids;
  }

  /** Starts one more, and returns its number at once; see {@link #awaitTaskManagers}. */
  public synchronized int startTaskManager() {
    SortedMap<Integer, ClusterProcess> known = processes.of(Role.TASKMANAGER);
    int number = known.isEmpty() ? 0 : known.lastKey() + 1;
    launch(Role.TASKMANAGER, number);
    return number;
  }

  /** SIGKILL; returns when the process is gone. */
  public synchronized void killTaskManager(int number) {
    taskManager(number).kill();
  }

  /** SIGSTOP: its sockets stay open and nothing in it moves, until {@link #thawTaskManager}. */
  public synchronized void freezeTaskManager(int number) {
    taskManager(number).freeze();
  }

  /** SIGCONT. */
  public synchronized void thawTaskManager(int number) {
    taskManager(number).thaw();
  }

  /**
   * Returns when this many of the live TaskManagers are registered with the JobManager. Those that
   * were killed don't count, though the JobManager may list them until their heartbeat is missed.
   *
   * @throws ClusterException at once when fewer are alive, naming the log of the last that ended;
   *     or after three minutes
   */
  public void awaitTaskManagers(int count) {
    processes.await(
        count + " TaskManagers",
        List.of(),
        () -> {
          SortedMap<Integer, ClusterProcess> known = processes.of(Role.TASKMANAGER);
          Set<String> alive = new TreeSet<>();
          Optional<ClusterProcess> ended = Optional.empty();
          for (ClusterProcess process : known.values()) {
            if (process.isAlive()) {
              alive.add(process.name());
            } else {
              ended = Optional.of(process);
            }
          }
          if (alive.size() < count) {
            throw new ClusterException(
                "Only %d of %d TaskManagers are alive%s"
                    .formatted(
                        alive.size(),
                        count,
                        ended.map(last -> "; " + processes.lastWords(last)).orElse("")));
          }
          processes.requireAlive(processes.of(Role.JOBMANAGER).values());
          return rest.taskManagers()
              .map(
                  registered -> {
                    alive.retainAll(registered);
                    return alive.size() >= count;
                  })
              .orElse(false);
        });
  }

  // ---- JobManager ----

  /** The pid of the live JobManager. */
  public synchronized long jobManagerPid() {
    ClusterProcess process = jobManager();
    if (!process.isAlive()) {
      throw new ClusterException("The JobManager is not running; " + processes.lastWords(process));
    }
    return process.pid();
  }

  /** SIGKILL; returns when the process is gone. */
  public synchronized void killJobManager() {
    jobManager().kill();
  }

  /** SIGSTOP, until {@link #thawJobManager}. */
  public synchronized void freezeJobManager() {
    jobManager().freeze();
  }

  /** SIGCONT. */
  public synchronized void thawJobManager() {
    jobManager().thaw();
  }

  /** Starts it anew at the same REST address; returns at once, see {@link #awaitTaskManagers}. */
  public synchronized void startJobManager() {
    if (jobManager().isAlive()) {
      throw new ClusterException("The JobManager runs already, pid " + jobManager().pid());
    }
    launch(Role.JOBMANAGER, 0);
  }

  // ---- ZooKeeper ----

  /** SIGKILL; returns when the process is gone. */
  public synchronized void killZooKeeper() {
    processes.only(Role.ZOOKEEPER).kill();
  }

  /** Starts it, with what it knew before, and returns when it listens. */
  public synchronized void startZooKeeper() {
    ClusterProcess zooKeeper = launch(Role.ZOOKEEPER, 0);
    processes.await("ZooKeeper", List.of(zooKeeper), () -> LoopbackPort.answers(ports.zooKeeper()));
  }

  // ---- all of it ----

  /** Ends every process, frozen ones too. Logs, checkpoints and the jobs' metadata stay. */
  public synchronized void stop() {
    stopped = true;
    for (Role role : List.of(Role.TASKMANAGER, Role.JOBMANAGER, Role.ZOOKEEPER)) {
      List<ClusterProcess> ending = List.copyOf(processes.of(role).values());
      ending.forEach(ClusterProcess::end);
      long deadline = System.nanoTime() + END_TIMEOUT.toNanos();
      for (ClusterProcess process : ending) {
        Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        if (!process.awaitEnd(left)) {
          process.kill();
        }
        if (process.isAlive()) {
          throw new ClusterException(
              process.name() + " (pid " + process.pid() + ") does not end on SIGKILL");
        }
      }
    }
    layout.clear();
    outliveThisProcess();
  }

  private void outliveThisProcess() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException thisProcessEnds) {
      // Then the hook has run, or runs just now.
    }
  }

  /** The same as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  private synchronized ClusterProcess launch(Role role, int number) {
    if (stopped) {
      throw new ClusterException("The cluster has been stopped");
    }
    return processes.launch(role, number);
  }

  private ClusterProcess taskManager(int number) {
    ClusterProcess process = processes.of(Role.TASKMANAGER).get(number);
    if (process == null) {
      throw new ClusterException(
          "There is no TaskManager " + number + "; alive are " + taskManagerPids().keySet());
    }
    return process;
  }

  private ClusterProcess jobManager() {
    return processes.only(Role.JOBMANAGER);
  }
}
