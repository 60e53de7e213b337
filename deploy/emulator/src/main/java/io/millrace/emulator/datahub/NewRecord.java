// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A record to be put: into the shard given, else where its partition key leads, else into the shard
 * whose turn it is.
 *
 * @param fields the bytes of a BLOB, or the text of each column, absent where it is null
 */
public record NewRecord(
    Optional<String> shard,
    Optional<String> partitionKey,
    Map<String, String> attributes,
    List<Optional<byte[]>> fields) {

  public NewRecord {
    attributes = Map.copyOf(attributes);
    fields = List.copyOf(fields);
  }

  /** A record of a TUPLE topic; a column may be null. */
  public static NewRecord ofTuple(String... columns) {
    return new NewRecord(
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Arrays.stream(columns)
            .map(text -> Optional.ofNullable(text).map(value -> value.getBytes(UTF_8)))
            .toList());
  }

  /** A record of a BLOB topic. */
  public static NewRecord ofBlob(byte[] data) {
    return new NewRecord(Optional.empty(), Optional.empty(), Map.of(), List.of(Optional.of(data)));
  }

  public NewRecord toShard(String id) {
    return new NewRecord(Optional.of(id), partitionKey, attributes, fields);
  }

  public NewRecord withPartitionKey(String key) {
    return new NewRecord(shard, Optional.of(key), attributes, fields);
  }

  public NewRecord withAttributes(Map<String, String> added) {
    return new NewRecord(shard, partitionKey, added, fields);
  }
}
