// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

/**
 * Names one record: the key by which a function tells a repeat from news.
 *
 * @param shard id of the shard that holds the record
 * @param sequence the record's sequence in it
 */
public record RecordId(String shard, long sequence) {

  @Override
  public String toString() {
    return shard + ":" + sequence;
  }
}
