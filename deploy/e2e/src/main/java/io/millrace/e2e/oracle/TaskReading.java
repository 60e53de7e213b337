// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What one subtask of a job says of itself in its metrics, once everything is delivered and nothing
 * moves. Its counts began with the attempt that runs: those of a killed one are gone.
 *
 * @param subtask its number
 * @param process in which it runs
 * @param since when that attempt was deployed, or a little before
 * @param shards that it has, or had since then
 * @param values of its own metrics, by their names
 * @param shardValues of the metrics that a shard has for itself, by shard and name
 */
public record TaskReading(
    int subtask,
    String process,
    long since,
    Set<String> shards,
    Map<String, Long> values,
    Map<String, Map<String, Long>> shardValues) {

  public TaskReading {
    shards = Set.copyOf(shards);
    values = Map.copyOf(values);
    shardValues = Map.copyOf(shardValues);
  }

  OptionalLong value(String name) {
    return of(Optional.ofNullable(values.get(name)));
  }

  OptionalLong value(String shard, String name) {
    return of(Optional.ofNullable(shardValues.getOrDefault(shard, Map.of()).get(name)));
  }

  private static OptionalLong of(Optional<Long> value) {
    return value.isPresent() ? OptionalLong.of(value.get()) : OptionalLong.empty();
  }
}
