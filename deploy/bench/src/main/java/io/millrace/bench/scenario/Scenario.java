// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The conditions of a measurement, the same for every contender.
 *
 * @param functionMillis how long the function takes
 * @param shards of the stream
 * @param records that an envelope holds at most
 * @param bytes of a record's one column
 * @param tls whether stream and function are behind TLS
 * @param errorPercent of the calls that the function's service answers with an error
 * @param streamMillis that a fetch from the stream takes longer than it must
 * @param parallelism of every contender that is a Flink job
 * @param pair the clouds' services
 * @param idle shards besides that get no records
 * @param backlog records that always wait while throughput is measured; 0 for 40 MB of them
 */
public record Scenario(
    int functionMillis,
    int shards,
    int records,
    int bytes,
    boolean tls,
    double errorPercent,
    int streamMillis,
    int parallelism,
    Pair pair,
    int idle,
    int backlog) {

  /** What a scenario is where it says nothing else. */
  public static final Scenario BASE =
      new Scenario(0, 16, 100, 200, false, 0, 0, 2, Pair.DATAHUB_FC, 0, 0);

  private static final String ACCEPTED =
      "function=MILLIS, shards=N, records=N, bytes=N, tls=on|off, errors=PERCENT, stream=MILLIS,"
          + " parallelism=N, pair=datahub-fc|dis-functiongraph, idle=N, backlog=N, with commas"
          + " between them";

  /** More than any of the services has. */
  private static final int MOST_SHARDS = 1000;

  /** The whole calls and the small ones: what a first look needs. */
  public static List<Scenario> quick() {
    return List.of(BASE, parse("records=1"));
  }

  /** One condition at a time is another than in {@link #BASE}. */
  public static List<Scenario> reference() {
    List<Scenario> all = new ArrayList<>(List.of(BASE));
    for (String change :
        List.of(
            "records=1",
            "records=1000",
            "function=5",
            "function=50",
            "shards=1",
            "shards=256",
            "bytes=2000",
            "tls=on",
            "errors=1",
            "stream=10",
            "function=20,stream=10",
            "pair=dis-functiongraph",
            "pair=dis-functiongraph,records=1")) {
      all.add(parse(change));
    }
    return List.copyOf(all);
  }

  /**
   * How cost grows: with shards on one slot, with parallelism, with shards that are idle, and with
   * a backlog that a slow function leaves.
   */
  public static List<Scenario> growth() {
    return Stream.of(
            "parallelism=1,shards=1",
            "parallelism=1,shards=16",
            "parallelism=1,shards=64",
            "parallelism=1,shards=256",
            "parallelism=1,shards=1000",
            "parallelism=2,shards=64",
            "parallelism=4,shards=64",
            "parallelism=1,shards=1,idle=250",
            "parallelism=1,shards=1,idle=1000",
            "parallelism=1,function=1000,backlog=10000",
            "parallelism=1,function=1000,backlog=100000",
            "parallelism=1,function=1000,backlog=1000000")
        .map(Scenario::parse)
        .toList();
  }

  /**
   * A scenario that differs from {@link #BASE} in what is said.
   *
   * @throws IllegalArgumentException with one line for whoever wrote it
   */
  public static Scenario parse(String text) {
    Conditions given = Conditions.parse(text, ACCEPTED);
    Scenario scenario =
        new Scenario(
            given.number("function", BASE.functionMillis, 0, 10_000),
            given.number("shards", BASE.shards, 1, MOST_SHARDS),
            given.number("records", BASE.records, 1, 1000),
            given.number("bytes", BASE.bytes, 1, 1 << 20),
            onOff(given, "tls", BASE.tls),
            percent(given, "errors", BASE.errorPercent),
            given.number("stream", BASE.streamMillis, 0, 10_000),
            given.number("parallelism", BASE.parallelism, 1, 64),
            pair(given),
            given.number("idle", BASE.idle, 0, MOST_SHARDS),
            given.number("backlog", BASE.backlog, 0, 2_000_000));
    given.requireNoMore();
    return scenario;
  }

  private static boolean onOff(Conditions given, String key, boolean otherwise) {
    return given
        .take(key)
        .map(
            text ->
                switch (text) {
                  case "on" -> true;
                  case "off" -> false;
                  default ->
                      throw new IllegalArgumentException(
                          "%s: '%s' is not accepted; accepted: on, off".formatted(key, text));
                })
        .orElse(otherwise);
  }

  private static Pair pair(Conditions given) {
    return given
        .take("pair")
        .map(
            text ->
                Pair.named(text)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "pair: '%s' is not accepted; accepted: %s"
                                    .formatted(text, Pair.names()))))
        .orElse(BASE.pair);
  }

  private static double percent(Conditions given, String key, double otherwise) {
    return given
        .take(key)
        .map(
            text -> {
              if (text.matches("[0-9]{1,2}(\\.[0-9]{1,3})?")) {
                return Double.parseDouble(text);
              }
              throw new IllegalArgumentException(
                  "%s: '%s' is not accepted; accepted: percent, 0 to below 100"
                      .formatted(key, text));
            })
        .orElse(otherwise);
  }

  /** The calls that no contender can exceed whose shards have one call at a time each. */
  public double callsPerSecondOfFunction() {
    return shards * 1000.0 / functionMillis;
  }

  /** In words, short enough for a heading. */
  public String label() {
    StringBuilder label = new StringBuilder();
    label.append(functionMillis).append(" ms function, ");
    label.append(shards).append(shards == 1 ? " shard, " : " shards, ");
    label.append(records).append(" x ").append(bytes).append(" B");
    if (tls) {
      label.append(", TLS");
    }
    if (errorPercent > 0) {
      label.append(", ").append(errorPercent).append(" % errors");
    }
    if (streamMillis > 0) {
      label.append(", stream ").append(streamMillis).append(" ms");
    }
    if (parallelism != BASE.parallelism) {
      label.append(", parallelism ").append(parallelism);
    }
    if (pair != BASE.pair) {
      label.append(", ").append(pair.wireName());
    }
    if (idle > 0) {
      label.append(", ").append(idle).append(" idle shards");
    }
    if (backlog > 0) {
      label.append(", backlog ").append(backlog);
    }
    return label.toString();
  }
}
