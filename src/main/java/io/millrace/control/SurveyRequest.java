// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.model.StartPosition;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;

/**
 * Asks where shards would go on, and moves none. Asked again with the same id, it tells what was
 * found so far. Answered with a JSON document, see {@link JsonAnswer}.
 *
 * @param id chosen by the client, unique
 * @param shard which shard, or null for all that can be moved
 * @param place in the stream
 */
public record SurveyRequest(String id, String shard, StartPosition place)
    implements CoordinationRequest {}
