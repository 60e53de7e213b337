// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import java.io.IOException;

/**
 * Writes orders into a stream with the vendor's own SDK, unmodified, as a user's producer does.
 * Records have partition keys, so the service spreads them over the shards that are open at the
 * moment. One thread puts; the rest may be asked from any.
 */
public interface OrderProducer {

  /** More keys than any number of shards here, so that each shard gets some. */
  int KEYS = 4096;

  /** Creates the stream, and returns when its shards take records. */
  void createStream(int shards);

  /** Makes a place where a consumer of the stream can keep its positions. */
  PositionStore subscribe();

  /** How many records the service has taken. */
  long written();

  /**
   * Puts the next records, in as many calls as it takes.
   *
   * @throws IOException where the service goes on refusing them
   */
  void put(int count) throws IOException, InterruptedException;
}
