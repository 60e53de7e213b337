// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import io.millrace.emulator.Journal;
import io.millrace.emulator.Journal.Invocation;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.fault.Faults.Strike;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.emulator.function.Invocations;
import io.millrace.emulator.functioncompute.FunctionRoute.Operation;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The HTTP side of Function Compute: enters each invocation into the journal, checks it, and hands
 * it over to be run. Called on the server's threads.
 */
final class FunctionHandler implements Consumer<Exchange> {

  private static final int MAX_ASYNC_PAYLOAD = 128 << 10;

  private final FunctionStore functions;
  private final Invocations invocations;
  private final Journal journal;
  private final Supplier<ServiceKeys> keys;
  private final Faults faults;
  private final Optional<InstantSource> clock;
  private volatile int maxPayload = 32 << 20;

  FunctionHandler(
      FunctionStore functions,
      Invocations invocations,
      Journal journal,
      Supplier<ServiceKeys> keys,
      Faults faults,
      Optional<InstantSource> clock) {
    this.functions = functions;
    this.invocations = invocations;
    this.journal = journal;
    this.keys = keys;
    this.faults = faults;
    this.clock = clock;
  }

  void setMaxPayload(int bytes) {
    maxPayload = bytes;
  }

  @Override
  public void accept(Exchange exchange) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String requestId = new UUID(random.nextLong(), random.nextLong()).toString();
    Optional<FunctionRoute> route = FunctionRoute.of(exchange);
    if (route.isEmpty()) {
      FunctionException unknown =
          new FunctionException(
              400,
              "PathNotSupported",
              "the emulator has no operation for " + exchange.method() + " " + exchange.path());
      exchange.answer(FunctionRoute.api(exchange).refusal(unknown, requestId));
    } else if (route.get().operation() == Operation.DESCRIBE) {
      describe(exchange, route.get(), requestId);
    } else {
      invoke(exchange, route.get(), requestId);
    }
  }

  private void invoke(Exchange exchange, FunctionRoute route, String requestId) {
    Invocation entry =
        journal.start(
            route.service(),
            route.function(),
            requestId,
            exchange.header("User-Agent").orElse(""),
            exchange.remote(),
            exchange.body());
    FunctionComputeArrival arrival =
        new FunctionComputeArrival(exchange, entry, route, requestId, System.nanoTime());
    try {
      verify(exchange, route);
      checkPayload(arrival);
      invocations.begin(arrival, functions.get(route));
    } catch (FunctionException e) {
      arrival.refuse(e);
    }
  }

  /**
   * Not an invocation: it is not in the journal, and only refusals and cuts can befall it, from
   * rules that name it.
   */
  private void describe(Exchange exchange, FunctionRoute route, String requestId) {
    try {
      verify(exchange, route);
      Optional<FaultRule> rule =
          faults.judgeByName(FaultTarget.FUNCTION, "getFunction").map(Strike::rule);
      switch (rule.map(FaultRule::kind).orElse(FaultKind.LATENCY)) {
        case STATUS -> throw FunctionException.injected(rule.get());
        case HTML -> exchange.answer(Answer.badGateway());
        case DROP_BEFORE, DROP_AFTER -> exchange.cut();
        default -> {
          FunctionLimits limits = functions.get(route).limits();
          exchange.answer(FunctionAnswers.described(route, limits, requestId));
        }
      }
    } catch (FunctionException e) {
      exchange.answer(route.api().refusal(e, requestId));
    }
  }

  private void verify(Exchange exchange, FunctionRoute route) {
    route.api().verify(exchange, keys.get(), clock.map(InstantSource::instant));
  }

  private void checkPayload(FunctionComputeArrival arrival) {
    int limit = arrival.asynchronous() ? Math.min(maxPayload, MAX_ASYNC_PAYLOAD) : maxPayload;
    if (arrival.exchange().body().length > limit) {
      throw new FunctionException(
          400, "EntityTooLarge", "payload size exceeds maximum allowed size (" + limit + " bytes)");
    }
  }
}
