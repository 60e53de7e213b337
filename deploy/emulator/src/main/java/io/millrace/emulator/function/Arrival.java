// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import io.millrace.emulator.Journal.Invocation;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.time.Duration;
import java.util.Optional;

/** An invocation that has arrived and was let in, and how its service answers it. */
public interface Arrival {

  Exchange exchange();

  /** Its place in the journal. */
  Invocation entry();

  /** What the function is told of it. */
  FunctionCall call(FunctionLimits limits);

  /** Whether it is answered before its function runs. */
  boolean asynchronous();

  /** The refusal that a fault asks for. */
  Answer refusal(FaultRule rule);

  /** The refusal when as many invocations run as may. */
  Answer tooMany(FunctionLimits limits);

  /** The answer to an asynchronous one. */
  Answer accepted();

  /** The answer when its function has returned. */
  Answer returned(FunctionCall call, FunctionResult result);

  /** The answer to whoever has waited for long enough, while the function runs on. */
  default Optional<Impatience> impatience() {
    return Optional.empty();
  }

  /** A gateway that does not wait for a function for ever. */
  record Impatience(Duration after, Answer answer) {}

  /** Answers without running anything. */
  default void refuse(Answer answer) {
    entry().end(answer.status(), "refused", false, true);
    exchange().answer(answer, entry()::clientGone);
  }
}
