// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.model.StartPosition;
import java.io.Serializable;

/**
 * Asks the subtask that reads a shard to turn a place into one that stays.
 *
 * @param survey id of the request that it came with
 */
public record PlaceQuestion(String survey, String shard, StartPosition place)
    implements Serializable {}
