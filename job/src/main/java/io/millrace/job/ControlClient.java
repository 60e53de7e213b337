// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.control.CommandRequest;
import io.millrace.control.JsonAnswer;
import io.millrace.control.StatusRequest;
import io.millrace.control.SurveyRequest;
import io.millrace.control.Verb;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.model.StartPosition;
import io.millrace.options.OptionException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.apache.flink.runtime.rest.messages.ClusterConfigurationInfoHeaders;
import org.apache.flink.runtime.rest.messages.EmptyMessageParameters;
import org.apache.flink.runtime.rest.messages.EmptyRequestBody;
import org.apache.flink.runtime.rest.messages.JobConfigHeaders;
import org.apache.flink.runtime.rest.messages.JobConfigInfo;
import org.apache.flink.runtime.rest.messages.JobExceptionsHeaders;
import org.apache.flink.runtime.rest.messages.JobExceptionsInfoWithHistory;
import org.apache.flink.runtime.rest.messages.JobMessageParameters;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointStatistics;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointingStatistics;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointingStatisticsHeaders;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo;
import org.apache.flink.runtime.rest.messages.job.JobExceptionsMessageParameters;

/**
 * Speaks to the jobs of this program on one cluster, over Flink's REST interface. For use by one
 * thread; every call blocks until the answer is there.
 */
public final class ControlClient implements AutoCloseable {

  private static final String NO_FAILURE = "none";
  private static final long ANSWER_SECONDS = 30;
  private static final long ASK_AGAIN_MILLIS = 200;
  private static final long START_SECONDS = 120;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ClusterAddress cluster;
  private final RestClusterClient<StandaloneClusterId> client;

  /** Of jobs that Flink has a graph of: they do not change. */
  private final Map<JobID, Map<String, String>> parameters = new HashMap<>();

  private ControlClient(ClusterAddress cluster, RestClusterClient<StandaloneClusterId> client) {
    this.cluster = cluster;
    this.client = client;
  }

  /**
   * Speaks to a cluster.
   *
   * @throws ClusterException when it cannot be reached
   */
  public static ControlClient connect(ClusterAddress cluster) {
    cluster.requireListening();
    try {
      return new ControlClient(
          cluster,
          new RestClusterClient<>(cluster.configuration(), StandaloneClusterId.getInstance()));
    } catch (Exception e) {
      throw new ClusterException(cluster + ": " + e.getMessage(), e);
    }
  }

  /** The jobs of this program, ended ones included, as long as the cluster remembers them. */
  public List<TriggerJob> jobs() {
    Collection<JobStatusMessage> all = answer("list the jobs", client.listJobs());
    parameters.keySet().retainAll(all.stream().map(JobStatusMessage::getJobId).toList());
    List<TriggerJob> ours = new ArrayList<>();
    for (JobStatusMessage job : all) {
      Map<String, String> known = parameters(job.getJobId());
      String uid = known.get(Pipeline.SINK_UID_PARAMETER);
      if (uid != null) {
        ours.add(
            new TriggerJob(
                job.getJobId(),
                known.getOrDefault(Pipeline.TRIGGER_PARAMETER, job.getJobName()),
                job.getJobState(),
                uid));
      }
    }
    return List.copyOf(ours);
  }

  /**
   * The job that is meant.
   *
   * @param id as the user gave it; empty for the only one that has not ended
   * @throws OptionException when there is no such job, or more than one without an id
   */
  public TriggerJob job(Optional<String> id) {
    List<TriggerJob> all = jobs();
    if (id.isPresent()) {
      return all.stream()
          .filter(job -> job.id().toString().equals(id.get()))
          .findFirst()
          .orElseThrow(
              () ->
                  new OptionException(
                      "--job: '" + id.get() + "' is not accepted; accepted: " + described(all)));
    }
    List<TriggerJob> alive =
        all.stream().filter(job -> !job.state().isGloballyTerminalState()).toList();
    if (alive.size() == 1) {
      return alive.get(0);
    }
    throw new OptionException(
        alive.isEmpty() ? noneAlive(all) : "--job: missing; accepted: " + described(alive));
  }

  /** Why there is none, and what to do: a second job beside one that recovers does harm. */
  private String noneAlive(List<TriggerJob> ended) {
    Optional<JobStatusMessage> recovering =
        answer("list the jobs", client.listJobs()).stream()
            .filter(job -> job.getJobState() == JobStatus.INITIALIZING)
            .findFirst();
    if (recovering.isPresent()) {
      return cluster
          + ": job "
          + recovering.get().getJobId()
          + " is being recovered; ask again in some seconds";
    }
    return cluster
        + ": no Millrace job is running there; "
        + ended.stream()
            .filter(job -> job.state() == JobStatus.FAILED)
            .findFirst()
            .map(job -> job.trigger() + " failed: " + ending(job.id()) + goingOn(job.id()))
            .orElse("start one with millrace run");
  }

  /**
   * How to go on from where a job ended; empty when nothing of it is left. Of a job that ended just
   * now it takes some seconds to tell.
   */
  public String goingOn(JobID job) {
    if (state(job).isGloballyTerminalState()) {
      awaitStatisticsSince(job);
    }
    return lastCheckpoint(job)
        .map(path -> path.contains(" ") ? "'" + path + "'" : path)
        .map(path -> "; its last checkpoint is kept: millrace run --from-savepoint " + path)
        .orElse("");
  }

  /**
   * Returns when Flink serves no statistics of checkpoints from before the end of a job: they may
   * name one that was removed when its successor was complete.
   */
  private void awaitStatisticsSince(JobID job) {
    JobDetailsInfo details = answer("ask when job " + job + " ended", client.getJobDetails(job));
    long kept = statisticsKept().toMillis();
    // The details may be from before the end, too.
    long ended = details.getEndTime() < 0 ? details.getNow() : details.getEndTime();
    long left = ended + kept - details.getNow();
    if (left < 0) {
      return;
    }
    pause(left + 1, "the last checkpoint was asked for");
  }

  private static void pause(long millis, String what) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("interrupted while " + what, e);
    }
  }

  /** How long the cluster serves statistics of checkpoints that it has looked up once. */
  private Duration statisticsKept() {
    Configuration settings = new Configuration();
    answer(
            "read the settings of the cluster",
            client.sendRequest(
                ClusterConfigurationInfoHeaders.getInstance(),
                EmptyMessageParameters.getInstance(),
                EmptyRequestBody.getInstance()))
        .forEach(entry -> settings.setString(entry.getKey(), entry.getValue()));
    return settings.get(RestOptions.CACHE_CHECKPOINT_STATISTICS_TIMEOUT);
  }

  private Optional<String> lastCheckpoint(JobID job) {
    CheckpointingStatistics.LatestCheckpoints latest =
        answer(
                "ask for the checkpoints of job " + job,
                client.sendRequest(
                    CheckpointingStatisticsHeaders.getInstance(),
                    of(job),
                    EmptyRequestBody.getInstance()))
            .getLatestCheckpoints();
    return Optional.ofNullable(latest)
        .map(CheckpointingStatistics.LatestCheckpoints::getCompletedCheckpointStatistics)
        .map(CheckpointStatistics.CompletedCheckpointStatistics::getExternalPath);
  }

  private static String described(List<TriggerJob> jobs) {
    return jobs.isEmpty()
        ? "none, the cluster has no Millrace job"
        : jobs.stream()
            .map(job -> job.id() + " (" + job.trigger() + ", " + job.state() + ")")
            .collect(Collectors.joining(", "));
  }

  /** The state of a job as Flink sees it. */
  public JobStatus state(JobID job) {
    return answer("ask for the state of job " + job, client.getJobStatus(job));
  }

  /**
   * How a job stands: {@code {job, name, state, function, blocked, shards: […]}}. A job that does
   * not run has no shards to tell of, but its last {@code failure}, or null.
   */
  public ObjectNode status(TriggerJob job) {
    ObjectNode status = JSON.createObjectNode();
    status.put("job", job.id().toString());
    status.put("name", job.trigger());
    // As it is now: the job may have been found long ago.
    JobStatus state = state(job.id());
    status.put("state", state.name());
    if (state == JobStatus.RUNNING) {
      status.setAll(ask(job, new StatusRequest()));
    } else {
      status.putNull("function").putNull("blocked").putArray("shards");
      String failure = failure(job.id());
      status.put("failure", failure.equals(NO_FAILURE) ? null : failure);
    }
    return status;
  }

  /**
   * Tells a job what to do. The same id again asks how far it is.
   *
   * @param id of the command, unique
   * @param shard empty for all that the verb fits
   * @return {@code {id, command, refused, shards: [{shard, stage, reason}]}}; what is refused may
   *     have {@code later: true}, then it is to be asked again
   */
  public ObjectNode command(TriggerJob job, String id, Verb verb, Optional<String> shard) {
    return ask(job, new CommandRequest(id, verb, shard.orElse(null)));
  }

  /**
   * Gives up the envelope at the head of a shard, or one record of it. The same id again asks how
   * far that is.
   *
   * @param id of the command, unique
   * @param target without first and last record whatever is at the head when it arrives
   * @return as of {@link #command}
   */
  public ObjectNode skip(TriggerJob job, String id, String shard, SkipTarget target) {
    return ask(job, new CommandRequest(id, Verb.SKIP, shard, target));
  }

  /**
   * Asks where shards of a job would go on; moves none. The same id again asks what was found so
   * far; a {@link Verb#SEEK} with it moves them.
   *
   * @param id of the survey, unique
   * @param shard empty for all that can be moved
   * @return {@code {id, command, refused, shards: [{shard, stage, refusal, state, from, to,
   *     time}]}}
   */
  public ObjectNode survey(TriggerJob job, String id, Optional<String> shard, StartPosition place) {
    return ask(job, new SurveyRequest(id, shard.orElse(null), place));
  }

  private ObjectNode ask(TriggerJob job, CoordinationRequest request) {
    // Flink puts the uid into the path as it is; a space would end the request line.
    String uid =
        URLEncoder.encode(job.sinkUid() + ": dispatch", StandardCharsets.UTF_8).replace("+", "%20");
    CoordinationResponse response =
        answer(
            "ask job " + job.id() + " (" + job.trigger() + ", " + job.state() + ")",
            client.sendCoordinationRequest(job.id(), uid, request));
    try {
      return (ObjectNode) JSON.readTree(JsonAnswer.read(response));
    } catch (IOException e) {
      throw new ClusterException(
          cluster + ": job " + job.id() + " gave an answer of another version", e);
    }
  }

  /**
   * A job's tasks.
   *
   * @param state of the job
   * @param running tasks that run
   * @param all tasks
   */
  public record Tasks(JobStatus state, int running, int all) {}

  /** How many of a job's tasks run. */
  public Tasks tasks(JobID job) {
    JobDetailsInfo details = answer("ask for the tasks of job " + job, client.getJobDetails(job));
    int running = 0;
    int all = 0;
    for (JobDetailsInfo.JobVertexDetailsInfo vertex : details.getJobVertexInfos()) {
      all += vertex.getParallelism();
      running += vertex.getTasksPerState().getOrDefault(ExecutionState.RUNNING, 0);
    }
    return new Tasks(details.getJobStatus(), running, all);
  }

  /** Why a job failed last, in a line. */
  public String failure(JobID job) {
    JobExceptionsMessageParameters parameters = new JobExceptionsMessageParameters();
    parameters.jobPathParameter.resolve(job);
    JobExceptionsInfoWithHistory history =
        answer(
            "ask for the failures of job " + job,
            client.sendRequest(
                JobExceptionsHeaders.getInstance(), parameters, EmptyRequestBody.getInstance()));
    return history.getExceptionHistory().getEntries().stream()
        .findFirst()
        .map(entry -> ClusterFailures.lastCause(entry.getStacktrace()))
        .orElseGet(() -> ending(job));
  }

  /** Flink serves the failures as they were some seconds ago; how a job ended it tells at once. */
  private String ending(JobID job) {
    return state(job).isGloballyTerminalState()
        ? answer("ask how job " + job + " ended", client.requestJobResult(job))
            .getSerializedThrowable()
            .map(thrown -> ClusterFailures.lastCause(thrown.getFullStringifiedStackTrace()))
            .orElse(NO_FAILURE)
        : NO_FAILURE;
  }

  /**
   * Stops a job with a savepoint; one whose tasks still start, or start again, when they run, for
   * which it is given two minutes.
   *
   * @param directory where the savepoint goes; empty for the cluster's own setting
   * @param timeoutSeconds how long to wait for it
   * @return the savepoint's path
   */
  public String stop(JobID job, Optional<String> directory, long timeoutSeconds) {
    long deadline =
        System.nanoTime() + TimeUnit.SECONDS.toNanos(Math.min(timeoutSeconds, START_SECONDS));
    while (true) {
      try {
        return answer(
            "stop job " + job,
            client.stopWithSavepoint(
                job, false, directory.orElse(null), SavepointFormatType.CANONICAL),
            timeoutSeconds);
      } catch (ClusterException e) {
        if (!ClusterFailures.isOfTasksThatStart(e) || System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
      pause(ASK_AGAIN_MILLIS, "job " + job + " was to be stopped");
    }
  }

  private Map<String, String> parameters(JobID job) {
    Map<String, String> known = parameters.get(job);
    if (known == null) {
      known = askForParameters(job);
      // Empty while Flink has no graph of the job yet, too.
      if (!known.isEmpty()) {
        parameters.put(job, known);
      }
    }
    return known;
  }

  private Map<String, String> askForParameters(JobID job) {
    JobConfigInfo config =
        answer(
            "read the parameters of job " + job,
            client.sendRequest(
                JobConfigHeaders.getInstance(), of(job), EmptyRequestBody.getInstance()));
    JobConfigInfo.ExecutionConfigInfo execution = config.getExecutionConfigInfo();
    return execution == null ? Map.of() : execution.getGlobalJobParameters();
  }

  private static JobMessageParameters of(JobID job) {
    JobMessageParameters parameters = new JobMessageParameters();
    parameters.jobPathParameter.resolve(job);
    return parameters;
  }

  private <T> T answer(String what, CompletableFuture<T> future) {
    return answer(what, future, ANSWER_SECONDS);
  }

  private <T> T answer(String what, CompletableFuture<T> future, long seconds) {
    try {
      return future.get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw ClusterFailures.refused(cluster + ": could not " + what, e);
    } catch (TimeoutException e) {
      throw new ClusterException(
          cluster + ": could not " + what + ": no answer within " + seconds + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException(cluster + ": could not " + what + ": interrupted", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
