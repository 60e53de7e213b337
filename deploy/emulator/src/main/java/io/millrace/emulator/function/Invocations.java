// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import io.millrace.emulator.Journal.Invocation;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.fault.Faults.Strike;
import io.millrace.emulator.fault.Faults.Verdict;
import io.millrace.emulator.function.Arrival.Impatience;
import io.millrace.emulator.function.FunctionResult.Failure;
import io.millrace.emulator.function.FunctionResult.Observer;
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
public final class Invocations {

  private final Faults faults;
  private final Executor workers;
  private volatile FunctionRuntime runtime;
  private volatile Duration latency = Duration.ZERO;

  public Invocations(FunctionRuntime runtime, Faults faults, Executor workers) {
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

  /** Runs it, unless a fault or the function's limits prevent that. */
  public void begin(Arrival arrival, DeployedFunction deployed) {
    Verdict verdict =
        faults.judge(
            FaultTarget.FUNCTION, "invoke", () -> EventShard.of(arrival.exchange().body()));
    Optional<FaultRule> rule = verdict.strike().map(Strike::rule);
    switch (rule.map(FaultRule::kind).orElse(FaultKind.LATENCY)) {
      case STATUS -> arrival.refuse(arrival.refusal(rule.get()));
      case HTML -> arrival.refuse(Answer.badGateway());
      case DROP_BEFORE -> {
        arrival.entry().end(0, "dropped-before", false, false);
        arrival.exchange().cut();
      }
      default -> enter(arrival, deployed, verdict);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a run ends in its answer
  private void enter(Arrival arrival, DeployedFunction deployed, Verdict verdict) {
    if (!deployed.enter()) {
      arrival.refuse(arrival.tooMany(deployed.limits()));
      return;
    }
    if (arrival.asynchronous()) {
      arrival.exchange().answer(arrival.accepted());
    }
    Duration delay = latency.plus(verdict.delay());
    Duration timeout = deployed.limits().timeout();
    FunctionCall call = arrival.call(deployed.limits());
    boolean tooLong = delay.compareTo(timeout) > 0;
    CompletableFuture<Void> impatience = impatience(arrival);
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
                boolean waitedFor = impatience.cancel(false);
                finish(arrival, call, verdict.strike(), returned, waitedFor);
              });
        };
    if (delay.isZero()) {
      run.run();
    } else {
      Duration wait = tooLong ? timeout : delay;
      CompletableFuture.delayedExecutor(wait.toNanos(), TimeUnit.NANOSECONDS, workers).execute(run);
    }
  }

  /** Done when the caller was answered without the function; cancelled by the function's end. */
  @SuppressWarnings("FutureReturnValueIgnored") // what follows it is its answer
  private static CompletableFuture<Void> impatience(Arrival arrival) {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    Optional<Impatience> gateway = arrival.asynchronous() ? Optional.empty() : arrival.impatience();
    if (gateway.isPresent()) {
      gone.thenRun(() -> arrival.exchange().answer(gateway.get().answer()));
      gone.completeOnTimeout(null, gateway.get().after().toNanos(), TimeUnit.NANOSECONDS);
    }
    return gone;
  }

  private CompletableFuture<FunctionResult> result(
      FunctionCall call, byte[] event, Optional<Strike> strike) {
    FaultKind kind = strike.map(hit -> hit.rule().kind()).orElse(FaultKind.LATENCY);
    if (kind == FaultKind.ERROR) {
      return CompletableFuture.completedFuture(
          FunctionResult.failure(
              new Failure(Observer.FUNCTION, strike.get().rule().errorCode()),
              "Injected fault: the function fails"));
    }
    if (kind == FaultKind.HANG) {
      return strike.get().removed().thenCompose(removed -> runtime.invoke(call, event));
    }
    return runtime.invoke(call, event);
  }

  /** Enters the end before anything is written, so that no caller can be ahead of the journal. */
  private static void finish(
      Arrival arrival,
      FunctionCall call,
      Optional<Strike> strike,
      FunctionResult result,
      boolean waitedFor) {
    Exchange exchange = arrival.exchange();
    Invocation entry = arrival.entry();
    String outcome = result.failure().isPresent() ? "error" : "ok";
    if (arrival.asynchronous()) {
      entry.end(202, outcome, true, true);
      return;
    }
    if (!waitedFor) {
      int status = arrival.impatience().orElseThrow().answer().status();
      entry.end(status, "gateway-timeout", true, true);
      return;
    }
    Answer answer = arrival.returned(call, result);
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
