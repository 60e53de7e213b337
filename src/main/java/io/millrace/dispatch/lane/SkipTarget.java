// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.model.Position;
import java.io.Serializable;

/**
 * What an operator gives up: exactly this envelope, or one record of it. An envelope that has taken
 * its place meanwhile is another one.
 *
 * @param first record of the envelope
 * @param last record of the envelope
 * @param sequence of the one record to give up; null for the whole envelope
 * @param index of that record among those of its sequence; null where it has the sequence alone
 * @param reason in the operator's words
 */
public record SkipTarget(Position first, Position last, Long sequence, Integer index, String reason)
    implements Serializable {}
