// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import io.millrace.emulator.Journal.Invocation;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.function.Arrival;
import io.millrace.emulator.function.FunctionCall;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.emulator.function.FunctionResult;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.time.Duration;

/**
 * An invocation of a function of either API version.
 *
 * @param nanos when it arrived
 */
record FunctionComputeArrival(
    Exchange exchange, Invocation entry, FunctionRoute route, String requestId, long nanos)
    implements Arrival {

  @Override
  public FunctionCall call(FunctionLimits limits) {
    return new FunctionCall(
        requestId,
        route.service(),
        route.qualifier(),
        route.function(),
        exchange.header("x-fc-account-id").orElse(""),
        limits.timeout());
  }

  @Override
  public boolean asynchronous() {
    return asks("X-Fc-Invocation-Type", "Async");
  }

  private boolean asks(String header, String value) {
    return exchange.header(header).orElse("").equalsIgnoreCase(value);
  }

  void refuse(FunctionException e) {
    refuse(refusal(e));
  }

  @Override
  public Answer refusal(FaultRule rule) {
    return refusal(FunctionException.injected(rule));
  }

  @Override
  public Answer tooMany(FunctionLimits limits) {
    return refusal(
        new FunctionException(
            429,
            "ResourceExhausted",
            "concurrency limit of " + limits.maxConcurrency() + " exceeded, please retry later"));
  }

  private Answer refusal(FunctionException e) {
    return route.api().refusal(e, requestId);
  }

  @Override
  public Answer accepted() {
    return FunctionAnswers.accepted(requestId);
  }

  @Override
  public Answer returned(FunctionCall call, FunctionResult result) {
    Duration taken = Duration.ofNanos(System.nanoTime() - nanos);
    return FunctionAnswers.returned(route, call, result, taken, asks("X-Fc-Log-Type", "Tail"));
  }
}
