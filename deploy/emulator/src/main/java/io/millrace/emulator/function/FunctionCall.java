// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import java.time.Duration;

/** What a runtime is told about an invocation besides the event. */
record FunctionCall(
    String requestId,
    String service,
    String qualifier,
    String function,
    String accountId,
    Duration timeout) {}
