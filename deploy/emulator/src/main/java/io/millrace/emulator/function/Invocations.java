// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import io.millrace.emulator.Journal.Invocation;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.fault.Faults.Strike;
import io.millrace.emulator.fault.Faults.Verdict;
import io.millrace.emulator.function.FunctionStore.Deployed;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Runs what may be run: applies the faults, the function's limits and the latency, ends the journal
 * entry, and answers. No caller's thread waits for a function.
 */
final class Invocations {

  private final Faults faults;
  private final Executor workers;
  private volatile FunctionRuntime runtime;
  private volatile Duration latency = Duration.ZERO;

  Invocations(FunctionRuntime runtime, Faults faults, Executor workers) {
    this.runtime = runtime;
    this.faults = faults;
    this.workers = workers;
  }

  void setRuntime(FunctionRuntime other) {
    runtime = other;
  }

  void setLatency(Duration other) {
    latency = other;
  }

  /** An invocation that has arrived and was let in. */
  record Arrival(
      Exchange exchange, Invocation entry, FunctionRoute route, String requestId, long nanos) {

    FunctionCall call(FunctionLimits limits) {
      return new FunctionCall(
          requestId,
          route.service(),
          route.qualifier(),
          route.function(),
          exchange.header("x-fc-account-id").orElse(""),
          limits.timeout());
    }

    boolean asynchronous() {
      return asks("X-Fc-Invocation-Type", "Async");
    }

    boolean tail() {
      return asks("X-Fc-Log-Type", "Tail");
    }

    private boolean asks(String header, String value) {
      return exchange.header(header).orElse("").equalsIgnoreCase(value);
    }

    Duration taken() {
      return Duration.ofNanos(System.nanoTime() - nanos);
    }

    void refuse(Answer answer) {
      entry.end(answer.status(), "refused", false, true);
      exchange.answer(answer, entry::clientGone);
    }
  }

  /**
   * Runs it, unless a fault prevents that.
   *
   * @throws FunctionException when as many run as may
   */
  void begin(Arrival arrival, Deployed deployed) {
    Verdict verdict =
        faults.judge(
            FaultTarget.FUNCTION, "invoke", () -> EventShard.of(arrival.exchange().body()));
    Optional<FaultRule> rule = verdict.strike().map(Strike::rule);
    switch (rule.map(FaultRule::kind).orElse(FaultKind.LATENCY)) {
      case STATUS -> throw FunctionException.injected(rule.get());
      case HTML -> arrival.refuse(Answer.badGateway());
      case DROP_BEFORE -> {
        arrival.entry().end(0, "dropped-before", false, false);
        arrival.exchange().cut();
      }
      default -> enter(arrival, deployed, verdict);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a run ends in its answer
  private void enter(Arrival arrival, Deployed deployed, Verdict verdict) {
    if (!deployed.enter()) {
      throw new FunctionException(
          429,
          "ResourceExhausted",
          "concurrency limit of "
              + deployed.limits().maxConcurrency()
              + " exceeded, please retry later");
    }
    if (arrival.asynchronous()) {
      arrival.exchange().answer(FunctionAnswers.accepted(arrival.requestId()));
    }
    Duration delay = latency.plus(verdict.delay());
    Duration timeout = deployed.limits().timeout();
    FunctionCall call = arrival.call(deployed.limits());
    boolean tooLong = delay.compareTo(timeout) > 0;
    Runnable run =
        () -> {
          CompletableFuture<FunctionResult> result =
              tooLong
                  ? CompletableFuture.completedFuture(FunctionResult.timedOut(timeout))
                  : result(call, arrival.exchange().body(), verdict.strike());
          if (!result.isDone()) {
            result.completeOnTimeout(
                FunctionResult.timedOut(timeout),
                timeout.minus(delay).toNanos(),
                TimeUnit.NANOSECONDS);
          }
          result.thenAccept(
              returned -> {
                deployed.leave();
                finish(arrival, call, verdict.strike(), returned);
              });
        };
    if (delay.isZero()) {
      run.run();
    } else {
      Duration wait = tooLong ? timeout : delay;
      CompletableFuture.delayedExecutor(wait.toNanos(), TimeUnit.NANOSECONDS, workers).execute(run);
    }
  }

  private CompletableFuture<FunctionResult> result(
      FunctionCall call, byte[] event, Optional<Strike> strike) {
    FaultKind kind = strike.map(hit -> hit.rule().kind()).orElse(FaultKind.LATENCY);
    if (kind == FaultKind.ERROR) {
      String type = strike.get().rule().errorCode().orElse(FunctionResult.HANDLED);
      return CompletableFuture.completedFuture(
          FunctionResult.failure(type, "Injected fault: the function fails"));
    }
    if (kind == FaultKind.HANG) {
      return strike.get().removed().thenCompose(removed -> runtime.invoke(call, event));
    }
    return runtime.invoke(call, event);
  }

  /** Enters the end before anything is written, so that no caller can be ahead of the journal. */
  private void finish(
      Arrival arrival, FunctionCall call, Optional<Strike> strike, FunctionResult result) {
    Exchange exchange = arrival.exchange();
    Invocation entry = arrival.entry();
    String outcome = result.errorType().isPresent() ? "error" : "ok";
    if (arrival.asynchronous()) {
      entry.end(202, outcome, true, true);
      return;
    }
    Answer answer =
        FunctionAnswers.returned(arrival.route(), call, result, arrival.taken(), arrival.tail());
    switch (strike.map(hit -> hit.rule().kind()).orElse(FaultKind.LATENCY)) {
      case DROP_AFTER -> {
        entry.end(answer.status(), "dropped-after", true, false);
        exchange.cut();
      }
      case TRUNCATE -> {
        entry.end(answer.status(), "truncated", true, false);
        exchange.truncate(answer);
      }
      case HANG -> {
        boolean timedOut = !strike.get().removed().isDone();
        entry.end(answer.status(), timedOut ? "hung" : outcome, true, true);
        exchange.answer(answer, entry::clientGone);
      }
      default -> {
        entry.end(answer.status(), outcome, true, true);
        exchange.answer(answer, entry::clientGone);
      }
    }
  }
}
