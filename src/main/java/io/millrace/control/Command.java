// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.model.StartPosition;
import java.io.Serializable;

/**
 * One operator's command for one shard, as the shard's subtask receives it. Applying it twice is
 * the same as once.
 *
 * @param id of the request that it came with
 * @param verb what to do
 * @param shard its exact target
 * @param place of {@link Verb#SEEK} where the shard goes on, a place that stays; else null
 * @param skip of {@link Verb#SKIP} what is given up; else null
 */
public record Command(String id, Verb verb, String shard, StartPosition place, SkipTarget skip)
    implements Serializable {

  /** A command that says all by its verb. */
  Command(String id, Verb verb, String shard) {
    this(id, verb, shard, null, null);
  }
}
