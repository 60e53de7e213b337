// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.model.StartPosition;
import java.io.Serializable;

/**
 * What a subtask found out about a {@link PlaceQuestion}.
 *
 * @param found a place that stays; null when there is none
 * @param now where that is now, as far as the stream can tell; null when there is none
 * @param refusal why there is none; else null
 */
public record PlaceAnswer(
    PlaceQuestion question, StartPosition found, StartPosition now, String refusal)
    implements Serializable {}
