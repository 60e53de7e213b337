// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.emulator.Journal;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.auth.SdkHmacVerifier;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.fault.Faults.Strike;
import io.millrace.emulator.function.Invocations;
import io.millrace.emulator.functiongraph.FunctionGraphRoute.Operation;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The HTTP side of FunctionGraph: enters each invocation into the journal, checks it, and hands it
 * over to be run. Called on the server's threads.
 */
final class FunctionGraphHandler implements Consumer<Exchange> {

  private static final int MAX_LATER_PAYLOAD = 256_000;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final FunctionGraphStore functions;
  private final Invocations invocations;
  private final Journal journal;
  private final Supplier<ServiceKeys> keys;
  private final Faults faults;
  private final SdkHmacVerifier verifier;
  private volatile FunctionGraphSettings settings = FunctionGraphSettings.DOCUMENTED;

  FunctionGraphHandler(
      FunctionGraphStore functions,
      Invocations invocations,
      Journal journal,
      Supplier<ServiceKeys> keys,
      Faults faults,
      SdkHmacVerifier verifier) {
    this.functions = functions;
    this.invocations = invocations;
    this.journal = journal;
    this.keys = keys;
    this.faults = faults;
    this.verifier = verifier;
  }

  synchronized void change(UnaryOperator<FunctionGraphSettings> change) {
    settings = change.apply(settings);
  }

  @Override
  public void accept(Exchange exchange) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String requestId = new UUID(random.nextLong(), random.nextLong()).toString();
    Optional<FunctionGraphRoute> route = FunctionGraphRoute.of(exchange);
    if (route.isEmpty()) {
      exchange.answer(
          new FunctionGraphException(
                  404,
                  "APIGW.0101",
                  "the emulator has no operation for " + exchange.method() + " " + exchange.path())
              .answer(requestId));
      return;
    }
    switch (route.get().operation()) {
      case INVOKE, INVOKE_LATER -> invoke(exchange, route.get(), requestId);
      case DESCRIBE, LIST -> describe(exchange, route.get(), requestId);
    }
  }

  private void invoke(Exchange exchange, FunctionGraphRoute route, String requestId) {
    Optional<FunctionUrn> urn = named(route);
    Journal.Invocation entry =
        journal.start(
            urn.map(FunctionUrn::group).orElse(""),
            urn.map(FunctionUrn::function).orElse(route.urn()),
            requestId,
            exchange.header("User-Agent").orElse(""),
            exchange.remote(),
            exchange.body());
    boolean later = route.operation() == Operation.INVOKE_LATER;
    try {
      verify(exchange);
      checkPayload(exchange, later);
      FunctionUrn function = route.function();
      invocations.begin(
          new FunctionGraphArrival(
              exchange, entry, function, later, requestId, System.nanoTime(), settings),
          functions.get(function));
    } catch (FunctionGraphException e) {
      Answer answer = e.answer(requestId);
      entry.end(answer.status(), "refused", false, true);
      exchange.answer(answer, entry::clientGone);
    }
  }

  private static Optional<FunctionUrn> named(FunctionGraphRoute route) {
    try {
      return Optional.of(FunctionUrn.parse(route.urn(), route.project()));
    } catch (FunctionGraphException none) {
      return Optional.empty();
    }
  }

  /**
   * Not an invocation: it is not in the journal, and only refusals and cuts can befall it, from
   * rules that name it.
   */
  private void describe(Exchange exchange, FunctionGraphRoute route, String requestId) {
    try {
      verify(exchange);
      Optional<FaultRule> rule =
          faults.judgeByName(FaultTarget.FUNCTION, "getFunction").map(Strike::rule);
      switch (rule.map(FaultRule::kind).orElse(FaultKind.LATENCY)) {
        case STATUS -> throw FunctionGraphException.injected(rule.get());
        case HTML -> exchange.answer(Answer.badGateway());
        case DROP_BEFORE, DROP_AFTER -> exchange.cut();
        default -> exchange.answer(description(route, requestId));
      }
    } catch (FunctionGraphException e) {
      exchange.answer(e.answer(requestId));
    }
  }

  private Answer description(FunctionGraphRoute route, String requestId) {
    if (route.operation() == Operation.LIST) {
      return FunctionGraphAnswers.listed(functions.ofProject(route.project()), requestId);
    }
    FunctionUrn function = route.function();
    return FunctionGraphAnswers.described(function, functions.get(function).limits(), requestId);
  }

  private void verify(Exchange exchange) {
    Optional<String> refusal = verifier.refusal(exchange, keys.get());
    if (refusal.isPresent()) {
      throw FunctionGraphException.notAdmitted(refusal.get());
    }
  }

  private void checkPayload(Exchange exchange, boolean later) {
    int limit = later ? Math.min(settings.maxPayload(), MAX_LATER_PAYLOAD) : settings.maxPayload();
    if (exchange.body().length > limit) {
      throw new FunctionGraphException(
          413, "FSS.0413", "The request body is too large: more than " + limit + " bytes");
    }
    if (!isObject(exchange.body())) {
      throw new FunctionGraphException(
          406, "FSS.0406", "Not acceptable: the request body is not a JSON object");
    }
  }

  private static boolean isObject(byte[] body) {
    try {
      return MAPPER.readTree(body).isObject();
    } catch (IOException e) {
      return false;
    }
  }
}
