// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.io.Serializable;

/**
 * The last calls of a lane, in figures.
 *
 * @param calls that are reckoned with; 0 when none was answered yet
 * @param p50Millis half of them took no longer
 * @param p99Millis 99 of a hundred took no longer
 * @param recordsPerEnvelope on average
 */
public record CallSummary(int calls, int p50Millis, int p99Millis, double recordsPerEnvelope)
    implements Serializable {}
