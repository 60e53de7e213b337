// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import org.apache.flink.annotation.Internal;

/**
 * What a cloud calls the things that messages name.
 *
 * @param service its name
 * @param name the stream's full name
 * @param stream for example {@code stream}
 * @param shard for example {@code shard}
 * @param keeping how long records are kept, for example {@code the stream's retention}
 */
@Internal
public record StreamWords(
    String service, String name, String stream, String shard, String keeping) {

  static final String START_ANEW =
      "and the new ones have the ids of others: start the trigger anew, without a savepoint";

  /**
   * The beginning of a message.
   *
   * @param id of the shard; empty when the whole stream is meant
   */
  public String where(String id) {
    return service + " " + name + (id.isEmpty() ? "" : " " + shard + " " + id) + ": ";
  }

  String recreated() {
    return "the " + stream + " was deleted and created again";
  }
}
