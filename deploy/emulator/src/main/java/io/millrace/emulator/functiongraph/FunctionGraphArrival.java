// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import io.millrace.emulator.Journal.Invocation;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.function.Arrival;
import io.millrace.emulator.function.FunctionCall;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.emulator.function.FunctionResult;
import io.millrace.emulator.functiongraph.FunctionGraphAnswers.Form;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.time.Duration;
import java.util.Optional;

/**
 * An invocation of a function.
 *
 * @param urn absent where it is none
 * @param nanos when it arrived
 * @param settings of the service when it did
 */
record FunctionGraphArrival(
    Exchange exchange,
    Invocation entry,
    FunctionUrn urn,
    boolean asynchronous,
    String requestId,
    long nanos,
    FunctionGraphSettings settings)
    implements Arrival {

  @Override
  public FunctionCall call(FunctionLimits limits) {
    return new FunctionCall(
        requestId, urn.group(), urn.qualifier(), urn.function(), urn.project(), limits.timeout());
  }

  void refuse(FunctionGraphException e) {
    refuse(e.answer(requestId));
  }

  @Override
  public Answer refusal(FaultRule rule) {
    return FunctionGraphException.injected(rule).answer(requestId);
  }

  @Override
  public Answer tooMany(FunctionLimits limits) {
    return new FunctionGraphException(
            429, "FSS.0429", "Too many requests: " + limits.maxConcurrency() + " are running")
        .answer(requestId);
  }

  @Override
  public Answer accepted() {
    return FunctionGraphAnswers.accepted(requestId);
  }

  @Override
  public Answer returned(FunctionCall call, FunctionResult result) {
    Form form =
        new Form(
            is("X-CFF-Request-Version", "v1"),
            is("X-Cff-Log-Type", "tail"),
            settings.maxResponse(),
            settings.errorStatus());
    Duration taken = Duration.ofNanos(System.nanoTime() - nanos);
    return FunctionGraphAnswers.returned(call, result, taken, form);
  }

  @Override
  public Optional<Impatience> impatience() {
    return Optional.of(
        new Impatience(
            settings.gatewayTimeout(),
            new FunctionGraphException(
                    504,
                    "FSS.0504",
                    "Gateway timeout: no answer within "
                        + settings.gatewayTimeout().toMillis()
                        + " ms")
                .answer(requestId)));
  }

  private boolean is(String header, String value) {
    return exchange.header(header).orElse("").equalsIgnoreCase(value);
  }
}
