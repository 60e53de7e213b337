// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.scenario;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** A cloud's stream and its function. */
public enum Pair {
  DATAHUB_FC("datahub-fc"),
  DIS_FUNCTIONGRAPH("dis-functiongraph");

  private final String wireName;

  Pair(String wireName) {
    this.wireName = wireName;
  }

  /** As commands call it. */
  public String wireName() {
    return wireName;
  }

  /** The pair of a name. */
  public static Optional<Pair> named(String wireName) {
    return Arrays.stream(values()).filter(pair -> pair.wireName.equals(wireName)).findFirst();
  }

  /** All names, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(Pair::wireName).collect(Collectors.joining(", "));
  }
}
