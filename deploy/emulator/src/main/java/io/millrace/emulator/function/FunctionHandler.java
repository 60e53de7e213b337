// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.emulator.Journal;
import io.millrace.emulator.Journal.Invocation;
import io.millrace.emulator.ServiceKeys;
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
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The HTTP side of Function Compute: enters each invocation into the journal, checks it, applies
 * the faults, runs the function, and answers. Called on the server's threads; none of them waits
 * for a function.
 */
final class FunctionHandler implements Consumer<Exchange> {

  private static final Pattern PATH =
      Pattern.compile("/2016-08-15/services/([^/]+)/functions/([^/]+)/invocations");
  private static final String UNQUALIFIED = "LATEST";
  private static final int MAX_ASYNC_PAYLOAD = 128 << 10;

  private final FunctionStore functions;
  private final Journal journal;
  private final Supplier<ServiceKeys> keys;
  private final Faults faults;
  private final Optional<InstantSource> clock;
  private final Executor workers;
  private volatile FunctionRuntime runtime;
  private volatile Duration latency = Duration.ZERO;
  private volatile int maxPayload = 32 << 20;

  FunctionHandler(
      FunctionStore functions,
      FunctionRuntime runtime,
      Journal journal,
      Supplier<ServiceKeys> keys,
      Faults faults,
      Optional<InstantSource> clock,
      Executor workers) {
    this.functions = functions;
    this.runtime = runtime;
    this.journal = journal;
    this.keys = keys;
    this.faults = faults;
    this.clock = clock;
    this.workers = workers;
  }

  void setRuntime(FunctionRuntime other) {
    runtime = other;
  }

  void setLatency(Duration other) {
    latency = other;
  }

  void setMaxPayload(int bytes) {
    maxPayload = bytes;
  }

  /** An invocation that has arrived. */
  private record Arrival(
      Exchange exchange, Invocation entry, FunctionCall call, boolean async, long nanos) {

    Duration taken() {
      return Duration.ofNanos(System.nanoTime() - nanos);
    }
  }

  @Override
  public void accept(Exchange exchange) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String requestId = new UUID(random.nextLong(), random.nextLong()).toString();
    Matcher path = PATH.matcher(exchange.path());
    if (!exchange.method().equals("POST") || !path.matches()) {
      exchange.answer(
          refusal(
              new FunctionException(
                  400,
                  "PathNotSupported",
                  "the emulator has no operation for " + exchange.method() + " " + exchange.path()),
              requestId));
      return;
    }
    int dot = path.group(1).indexOf('.');
    String service = dot < 0 ? path.group(1) : path.group(1).substring(0, dot);
    String qualifier = dot < 0 ? UNQUALIFIED : path.group(1).substring(dot + 1);
    String function = path.group(2);
    Invocation entry =
        journal.start(
            service,
            function,
            requestId,
            exchange.header("User-Agent").orElse(""),
            exchange.remote(),
            exchange.body());
    boolean async = exchange.header("X-Fc-Invocation-Type").orElse("").equalsIgnoreCase("Async");
    try {
      FunctionSignature.verify(exchange, keys.get(), clock.map(InstantSource::instant));
      checkPayload(exchange, async);
      Deployed deployed = functions.get(service, function);
      FunctionCall call =
          new FunctionCall(
              requestId,
              service,
              qualifier,
              function,
              exchange.header("x-fc-account-id").orElse(""),
              deployed.limits().timeout());
      judge(new Arrival(exchange, entry, call, async, System.nanoTime()), deployed);
    } catch (FunctionException e) {
      refuse(exchange, entry, refusal(e, requestId));
    }
  }

  private void checkPayload(Exchange exchange, boolean async) {
    int limit = async ? Math.min(maxPayload, MAX_ASYNC_PAYLOAD) : maxPayload;
    if (exchange.body().length > limit) {
      throw new FunctionException(
          400, "EntityTooLarge", "payload size exceeds maximum allowed size (" + limit + " bytes)");
    }
  }

  private void judge(Arrival arrival, Deployed deployed) {
    Verdict verdict =
        faults.judge(
            FaultTarget.FUNCTION, "invoke", () -> EventShard.of(arrival.exchange().body()));
    Optional<FaultRule> rule = verdict.strike().map(Strike::rule);
    switch (rule.map(FaultRule::kind).orElse(FaultKind.LATENCY)) {
      case STATUS ->
          refuse(
              arrival.exchange(),
              arrival.entry(),
              refusal(injected(rule.get()), arrival.call().requestId()));
      case HTML -> refuse(arrival.exchange(), arrival.entry(), Answer.badGateway());
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
    if (arrival.async()) {
      arrival.exchange().answer(accepted(arrival.call().requestId()));
    }
    Duration delay = latency.plus(verdict.delay());
    Duration timeout = deployed.limits().timeout();
    boolean tooLong = delay.compareTo(timeout) > 0;
    Runnable run =
        () -> {
          CompletableFuture<FunctionResult> result =
              tooLong
                  ? CompletableFuture.completedFuture(FunctionResult.timedOut(timeout))
                  : result(arrival, verdict.strike());
          if (!result.isDone()) {
            result.completeOnTimeout(
                FunctionResult.timedOut(timeout),
                timeout.minus(delay).toNanos(),
                TimeUnit.NANOSECONDS);
          }
          result.thenAccept(
              returned -> {
                deployed.leave();
                finish(arrival, verdict.strike(), returned);
              });
        };
    if (delay.isZero()) {
      run.run();
    } else {
      Duration wait = tooLong ? timeout : delay;
      CompletableFuture.delayedExecutor(wait.toNanos(), TimeUnit.NANOSECONDS, workers).execute(run);
    }
  }

  private CompletableFuture<FunctionResult> result(Arrival arrival, Optional<Strike> strike) {
    FaultKind kind = strike.map(hit -> hit.rule().kind()).orElse(FaultKind.LATENCY);
    if (kind == FaultKind.ERROR) {
      String type = strike.get().rule().errorCode().orElse(FunctionResult.HANDLED);
      return CompletableFuture.completedFuture(
          FunctionResult.failure(type, "Injected fault: the function fails"));
    }
    if (kind == FaultKind.HANG) {
      return strike
          .get()
          .removed()
          .thenCompose(removed -> runtime.invoke(arrival.call(), arrival.exchange().body()));
    }
    return runtime.invoke(arrival.call(), arrival.exchange().body());
  }

  /** Enters the end before anything is written, so that no caller can be ahead of the journal. */
  private void finish(Arrival arrival, Optional<Strike> strike, FunctionResult result) {
    Exchange exchange = arrival.exchange();
    Invocation entry = arrival.entry();
    String outcome = result.errorType().isPresent() ? "error" : "ok";
    if (arrival.async()) {
      entry.end(202, outcome, true, true);
      return;
    }
    Answer answer = answer(arrival, result);
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

  private static void refuse(Exchange exchange, Invocation entry, Answer answer) {
    entry.end(answer.status(), "refused", false, true);
    exchange.answer(answer, entry::clientGone);
  }

  private static Answer accepted(String requestId) {
    return Answer.of(202, Answer.JSON, new byte[0]).with("X-Fc-Request-Id", requestId);
  }

  private static Answer answer(Arrival arrival, FunctionResult result) {
    FunctionCall call = arrival.call();
    Answer answer =
        Answer.of(200, "application/octet-stream", result.body())
            .with("X-Fc-Request-Id", call.requestId())
            .with("X-Fc-Invocation-Duration", Long.toString(arrival.taken().toMillis()))
            .with("X-Fc-Invocation-Service-Version", call.qualifier())
            .with("X-Fc-Max-Memory-Usage", "0.00")
            .with("X-Fc-Code-Checksum", "0");
    if (result.errorType().isPresent()) {
      answer = answer.with("X-Fc-Error-Type", result.errorType().get());
    }
    if (arrival.exchange().header("X-Fc-Log-Type").orElse("").equalsIgnoreCase("Tail")) {
      answer = answer.with("X-Fc-Log-Result", log(call, result));
    }
    return answer;
  }

  private static String log(FunctionCall call, FunctionResult result) {
    String text =
        "FC Invoke Start RequestId: "
            + call.requestId()
            + "\n"
            + (result.errorType().isPresent() ? new String(result.body(), UTF_8) + "\n" : "")
            + "FC Invoke End RequestId: "
            + call.requestId()
            + "\n";
    byte[] bytes = text.getBytes(UTF_8);
    int tail = Math.min(bytes.length, 4096);
    byte[] last = Arrays.copyOfRange(bytes, bytes.length - tail, bytes.length);
    return Base64.getEncoder().encodeToString(last);
  }

  private static FunctionException injected(FaultRule rule) {
    int status = rule.status().orElseGet(() -> FunctionException.statusOf(rule.errorCode().get()));
    return new FunctionException(
        status,
        rule.errorCode().orElseGet(() -> FunctionException.codeOf(status)),
        "Injected fault: " + rule.kind().wireName());
  }

  private static Answer refusal(FunctionException e, String requestId) {
    return Answer.json(
            e.status(),
            JsonNodeFactory.instance
                .objectNode()
                .put("ErrorCode", e.code())
                .put("ErrorMessage", e.getMessage()))
        .with("X-Fc-Request-Id", requestId);
  }
}
