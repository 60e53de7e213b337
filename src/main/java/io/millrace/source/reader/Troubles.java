// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which shards cannot be fetched. Says so in the log when the first one begins to fail and when the
 * last one has recovered, not in between. Confined to the fetcher thread.
 */
final class Troubles {

  private static final Logger LOG = LoggerFactory.getLogger(Troubles.class);

  private final Set<String> shards = new HashSet<>();

  /** A fetch of the shard failed. */
  void failed(String shard, String message) {
    if (shards.isEmpty()) {
      LOG.warn("Shard {} cannot be fetched; trying again until it can: {}", shard, message);
    }
    shards.add(shard);
  }

  /** A fetch of the shard succeeded. */
  void succeeded(String shard) {
    if (shards.remove(shard) && shards.isEmpty()) {
      LOG.info("All shards of this subtask are fetched again.");
    }
  }
}
