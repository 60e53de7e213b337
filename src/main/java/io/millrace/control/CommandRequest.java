// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.dispatch.lane.SkipTarget;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;

/**
 * An operator's command. Asked again with the same id, it does nothing more and tells how far the
 * command is. Answered with a JSON document, see {@link JsonAnswer}.
 *
 * <p>A {@link Verb#SEEK} follows a {@link SurveyRequest} of the same id, and moves each shard to
 * the place that was found for it.
 *
 * @param id chosen by the client, unique
 * @param verb what to do
 * @param shard which shard, or null for all that the verb fits
 * @param skip what {@link Verb#SKIP} gives up: without first and last record whatever is at the
 *     head; null for other verbs
 */
public record CommandRequest(String id, Verb verb, String shard, SkipTarget skip)
    implements CoordinationRequest {

  /** A command that says all by its verb. */
  public CommandRequest(String id, Verb verb, String shard) {
    this(id, verb, shard, null);
  }
}
