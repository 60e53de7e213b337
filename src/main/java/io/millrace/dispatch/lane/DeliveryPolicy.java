// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.time.Duration;

/**
 * The user's choices.
 *
 * @param stream the trigger's name, for messages
 * @param function full name, for messages
 * @param functionTimeout after which a call cannot be running any more
 * @param refusalTime within which a target that refuses a call has done so
 * @param waitForUnknownFate whether the next attempt waits for that
 * @param probeTargetFaults whether faults of the target raise the blockade instead of counting
 * @param failWhenExhausted whether the job fails instead of the lane being suspended
 * @param maxCalls under way at once
 */
public record DeliveryPolicy(
    String stream,
    String function,
    BatchLimits limits,
    Duration linger,
    RetrySchedule retry,
    Duration functionTimeout,
    Duration refusalTime,
    boolean waitForUnknownFate,
    boolean probeTargetFaults,
    boolean failWhenExhausted,
    int maxCalls) {}
