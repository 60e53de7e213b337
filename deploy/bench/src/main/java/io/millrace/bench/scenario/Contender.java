// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.scenario;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What takes part: ways to get records to a function, and limits that none of them can exceed. */
public enum Contender {
  PLAIN_LOOP("plain-loop", Kind.DELIVERY, Pair.DATAHUB_FC),
  PLAIN_LOOP_FC_SDK("plain-loop-fc-sdk", Kind.DELIVERY, Pair.DATAHUB_FC),
  BLOCKING_MAP("blocking-map", Kind.DELIVERY),
  ORDERED_WAIT_1("ordered-wait-1", Kind.DELIVERY),
  ORDERED_WAIT_16("ordered-wait-16", Kind.DELIVERY),
  ASYNC_SINK("async-sink", Kind.DELIVERY),
  GETINDATA("getindata", Kind.DELIVERY, Pair.DATAHUB_FC),
  MILLRACE_NO_LEDGER("millrace-no-ledger", Kind.DELIVERY),
  MILLRACE("millrace", Kind.DELIVERY),
  MILLRACE_STRICT("millrace-strict", Kind.DELIVERY),
  LIMIT_TRANSPORT("limit-transport", Kind.CALLS),
  LIMIT_PIPELINE("limit-pipeline", Kind.RECORDS),
  LIMIT_FUNCTION("limit-function", Kind.CALCULATED);

  private final String wireName;
  private final Kind kind;

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
  private final List<Pair> pairs;

  /** Written for some pairs; for all where none is named. */
  Contender(String wireName, Kind kind, Pair... pairs) {
    this.wireName = wireName;
    this.kind = kind;
    this.pairs = pairs.length == 0 ? List.of(Pair.values()) : List.of(pairs);
  }

  /** What its figures can be. */
  public enum Kind {
    /** Carries the stream's records to the function. */
    DELIVERY,
    /** Calls the function and reads no stream. */
    CALLS,
    /** Reads the stream and calls no function. */
    RECORDS,
    /** Follows from the scenario alone, where the function takes time. */
    CALCULATED
  }

  /** As the command and the tables call it. */
  public String wireName() {
    return wireName;
  }

  public Kind kind() {
    return kind;
  }

  /** True for one that has a class path of its own and answers no questions. */
  public boolean isApart() {
    return this == PLAIN_LOOP_FC_SDK || this == GETINDATA;
  }

  /** Why it can take no part in a scenario, in words that follow its name; empty where it can. */
  public Optional<String> absence(Scenario scenario) {
    if (!pairs.contains(scenario.pair())) {
      return Optional.of("is not written for " + scenario.pair().wireName());
    }
    if (kind == Kind.CALLS && scenario.idle() > 0) {
      return Optional.of("reads no shards, idle ones neither");
    }
    return Optional.empty();
  }

  /** The contender of a name. */
  public static Optional<Contender> named(String wireName) {
    return Arrays.stream(values()).filter(each -> each.wireName.equals(wireName)).findFirst();
  }

  /** Those that {@code --quick} measures. */
  public static List<Contender> quick() {
    return Arrays.stream(values())
        .filter(each -> each != MILLRACE_NO_LEDGER && each != MILLRACE_STRICT)
        .toList();
  }

  /** All names, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(Contender::wireName).collect(Collectors.joining(", "));
  }
}
