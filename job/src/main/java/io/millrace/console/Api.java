// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.CommandDesk.Order;
import io.millrace.console.History.Sample;
import io.millrace.control.Verb;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.job.ClusterException;
import io.millrace.job.TriggerJob;
import io.millrace.model.StartPosition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The JSON API: what the page uses, and whoever else wants to. Described by {@code openapi.yaml}
 * among the resources, to which tests hold every answer.
 *
 * <p>Called by many threads at once; a call that gives a command waits for its job's answer.
 */
final class Api {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final long DEFAULT_REACH_SECONDS = 900;

  private final String address;
  private final ClusterWatch watch;
  private final CommandDesk desk;
  private final Gate gate;
  private final Pages pages;
  private final InstantSource clock;

  /**
   * @param address of the cluster, to be shown
   */
  Api(
      String address,
      ClusterWatch watch,
      CommandDesk desk,
      Gate gate,
      Pages pages,
      InstantSource clock) {
    this.address = address;
    this.watch = watch;
    this.desk = desk;
    this.gate = gate;
    this.pages = pages;
    this.clock = clock;
  }

  /** Answers a request below {@code /api}; what is refused is thrown. */
  Answer answer(Call call) {
    List<String> path = Arrays.asList(call.path().substring("/api/".length()).split("/", -1));
    if (path.equals(List.of("session"))) {
      return session(call);
    }
    if (!gate.isAuthorized(call)) {
      throw new RefusedCall(
          401, "the token is needed: log in, or send the header Authorization: Bearer TOKEN");
    }
    String first = path.get(0);
    if (path.size() == 1 && first.equals("openapi.yaml")) {
      return get(call, pages::openApi);
    }
    if (path.size() == 1 && first.equals("jobs")) {
      return get(call, () -> Answer.json(200, jobs()));
    }
    if (path.size() == 2 && first.equals("jobs")) {
      return get(call, () -> Answer.json(200, job(path.get(1))));
    }
    if (path.size() == 2 && first.equals("commands")) {
      return get(call, () -> Answer.json(200, command(path.get(1))));
    }
    if (path.size() == 3 && first.equals("jobs")) {
      switch (path.get(2)) {
        case "history" -> {
          return get(call, () -> Answer.json(200, history(call, path.get(1))));
        }
        case "commands" -> {
          return post(call, () -> command(call, path.get(1)));
        }
        case "surveys" -> {
          return post(call, () -> survey(call, path.get(1)));
        }
        default -> {}
      }
    }
    throw new RefusedCall(404, call.path() + ": there is nothing; see /api/openapi.yaml");
  }

  private interface Work {
    Answer run();
  }

  private static Answer get(Call call, Work work) {
    return only(call.isSafe(), "GET", work);
  }

  private static Answer post(Call call, Work work) {
    return only(call.method().equals("POST"), "POST", work);
  }

  private static Answer only(boolean accepted, String method, Work work) {
    if (!accepted) {
      throw new RefusedCall(405, "accepted here: " + method);
    }
    try {
      return work.run();
    } catch (ClusterException e) {
      throw new RefusedCall(502, e.getMessage());
    }
  }

  private Answer session(Call call) {
    return switch (call.method()) {
      case "GET", "HEAD" ->
          Answer.json(
              200,
              JSON.objectNode()
                  .put("locked", gate.isLocked())
                  .put("open", gate.isAuthorized(call)));
      case "POST" ->
          done().with("Set-Cookie", gate.logIn(CallBody.of(call, Set.of("token")).text("token")));
      case "DELETE" -> done().with("Set-Cookie", gate.logOut(call));
      default -> throw new RefusedCall(405, "accepted here: GET, POST, DELETE");
    };
  }

  private static Answer done() {
    return Answer.json(200, JSON.objectNode());
  }

  private ObjectNode jobs() {
    ClusterWatch.Overview overview = watch.overview();
    ObjectNode answer = cluster(overview);
    ArrayNode jobs = answer.putArray("jobs");
    overview.jobs().forEach(job -> jobs.add(job.summary()));
    return answer;
  }

  private ObjectNode job(String id) {
    ClusterWatch.Overview overview = watch.overview();
    JobView.Snapshot job = known(overview, id);
    ObjectNode answer = cluster(overview);
    ObjectNode told = job.summary().deepCopy();
    told.set("shards", job.shards());
    answer.set("job", told);
    answer.putArray("commands").addAll(desk.commands(id));
    return answer;
  }

  private ObjectNode cluster(ClusterWatch.Overview overview) {
    ObjectNode answer = JSON.objectNode();
    answer.put("now", clock.millis());
    ObjectNode cluster = answer.putObject("cluster");
    cluster.put("address", address);
    cluster.put("reachable", overview.problem().isEmpty());
    cluster.put("problem", overview.problem().orElse(null));
    cluster.put("since", overview.since());
    cluster.put("at", overview.at());
    ArrayNode verbs = answer.putArray("verbs");
    Arrays.stream(Verb.values()).map(Api::word).forEach(verbs::add);
    return answer;
  }

  private static JobView.Snapshot known(ClusterWatch.Overview overview, String id) {
    return overview
        .job(id)
        .orElseThrow(() -> new RefusedCall(404, "there is no Millrace job " + id));
  }

  private ObjectNode history(Call call, String id) {
    JobView.Snapshot job = known(watch.overview(), id);
    long seconds = number(call, "seconds", DEFAULT_REACH_SECONDS);
    long after = Math.max(number(call, "after", 0), clock.millis() - seconds * 1000);
    List<Sample> samples = job.history().since(after, Duration.ofSeconds(seconds));
    ObjectNode answer = JSON.objectNode();
    series(answer, "at", samples, sample -> Optional.of(sample.at()));
    series(answer, "recordsPerSecond", samples, Sample::recordsPerSecond);
    series(answer, "lagRecords", samples, Sample::lagRecords);
    series(answer, "lagMs", samples, Sample::lagMs);
    series(answer, "latencyP50", samples, Sample::latencyP50);
    series(answer, "latencyP99", samples, Sample::latencyP99);
    series(answer, "troubled", samples, sample -> Optional.of((long) sample.troubled()));
    return answer;
  }

  private static void series(
      ObjectNode answer,
      String name,
      List<Sample> samples,
      Function<Sample, Optional<? extends Number>> value) {
    ArrayNode column = answer.putArray(name);
    for (Sample sample : samples) {
      Number known = value.apply(sample).map(Number.class::cast).orElse(null);
      if (known == null) {
        column.addNull();
      } else if (known instanceof Double real) {
        column.add(real);
      } else {
        column.add(known.longValue());
      }
    }
  }

  private static long number(Call call, String parameter, long absent) {
    Optional<String> given = call.parameter().apply(parameter);
    if (given.isPresent() && !given.get().matches("[0-9]{1,15}")) {
      throw new RefusedCall(400, parameter + ": '" + given.get() + "' is not a whole number");
    }
    return given.map(Long::parseLong).orElse(absent);
  }

  private ObjectNode command(String id) {
    return desk.command(id)
        .orElseThrow(() -> new RefusedCall(404, "no command " + id + " was given here"));
  }

  private Answer command(Call call, String jobId) {
    TriggerJob job = alive(jobId);
    CallBody body = CallBody.of(call, Set.of("id", "command", "shard", "all", "skip"));
    Verb verb = verb(body.text("command"));
    if (verb == Verb.SEEK) {
      body.text("id"); // That of the survey which found where to.
    }
    Optional<String> shard = body.shard();
    if (verb == Verb.SKIP && shard.isEmpty()) {
      throw new RefusedCall(400, "all: each shard has an event of its own, so one must be named");
    }
    if (verb != Verb.SKIP && body.has("skip")) {
      throw new RefusedCall(400, "skip: accepted only with the command skip");
    }
    Optional<SkipTarget> skip = verb == Verb.SKIP ? Optional.of(body.skip()) : Optional.empty();
    return Answer.json(202, desk.give(job, new Order(body.id(), verb, shard, skip)));
  }

  private static Verb verb(String word) {
    return Arrays.stream(Verb.values())
        .filter(verb -> word(verb).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedCall(
                    400,
                    "command: '"
                        + word
                        + "' is not accepted; accepted: "
                        + Arrays.stream(Verb.values()).map(Api::word).toList()));
  }

  private static String word(Verb verb) {
    return verb.name().toLowerCase(Locale.ROOT);
  }

  private Answer survey(Call call, String jobId) {
    TriggerJob job = alive(jobId);
    CallBody body = CallBody.of(call, Set.of("id", "shard", "all", "to"));
    Optional<String> shard = body.shard();
    StartPosition place = body.place(shard);
    ObjectNode found = desk.survey(job, body.id(), shard, place);
    ObjectNode answer = JSON.objectNode();
    answer.set("id", found.path("id"));
    answer.set("refused", found.path("refused"));
    ArrayNode shards = answer.putArray("shards");
    for (JsonNode target : found.path("shards")) {
      shards.add(target);
    }
    return Answer.json(200, answer);
  }

  private TriggerJob alive(String id) {
    JobView.Snapshot job = known(watch.overview(), id);
    if (job.health().isOver()) {
      throw new RefusedCall(
          409,
          "job "
              + id
              + " is "
              + job.health().name().toLowerCase(Locale.ROOT)
              + "; it takes no command");
    }
    return job.job();
  }
}
