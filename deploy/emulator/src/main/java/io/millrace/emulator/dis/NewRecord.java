// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A record to be put: into the partition given, else where its hash key leads, else where its
 * partition key leads, else anywhere.
 *
 * @param partition in either form of its name
 * @param hashKey from 0 on
 * @param data not copied; not to be changed any more
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record NewRecord(
    Optional<String> partition, OptionalLong hashKey, Optional<String> partitionKey, byte[] data) {

  /** A record of some bytes. */
  public static NewRecord of(byte[] data) {
    return new NewRecord(Optional.empty(), OptionalLong.empty(), Optional.empty(), data);
  }

  /** A record of some text. */
  public static NewRecord of(String text) {
    return of(text.getBytes(UTF_8));
  }

  public NewRecord toPartition(String id) {
    return new NewRecord(Optional.of(id), hashKey, partitionKey, data);
  }

  public NewRecord withHashKey(long key) {
    return new NewRecord(partition, OptionalLong.of(key), partitionKey, data);
  }

  public NewRecord withPartitionKey(String key) {
    return new NewRecord(partition, hashKey, Optional.of(key), data);
  }
}
