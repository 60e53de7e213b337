// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import java.time.Duration;

/**
 * What a runtime is told about an invocation besides the event.
 *
 * @param group what the function belongs to: a service of Function Compute, empty under 3.0, or a
 *     package of FunctionGraph
 * @param qualifier version or alias
 * @param owner the account or the project, as the request names it
 */
public record FunctionCall(
    String requestId,
    String group,
    String qualifier,
    String function,
    String owner,
    Duration timeout) {}
