// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import java.io.Serializable;

/**
 * One operator's command for one shard, as the shard's subtask receives it. Applying it twice is
 * the same as once.
 *
 * @param id of the request that it came with
 * @param verb what to do
 * @param shard its exact target
 */
public record Command(String id, Verb verb, String shard) implements Serializable {}
