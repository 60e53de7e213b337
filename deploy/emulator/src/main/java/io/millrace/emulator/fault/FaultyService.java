// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.fault;

import io.millrace.emulator.fault.Faults.Strike;
import io.millrace.emulator.fault.Faults.Verdict;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A stream service with its faults: ends every request that was let in as they demand. */
public final class FaultyService {

  private final FaultTarget target;
  private final Faults faults;
  private final Executor workers;

  /**
   * @param workers for requests that a fault delays
   */
  public FaultyService(FaultTarget target, Faults faults, Executor workers) {
    this.target = target;
    this.faults = faults;
    this.workers = workers;
  }

  /** What the service can answer to one request, in its own words. */
  public interface Answers {

    /** The right one; does what was asked for. */
    Answer right();

    /** Refuses with the service's own code for a status, or the status that its code has. */
    Answer status(FaultRule rule);

    /** Refuses the cursor. */
    Answer expiredCursor();

    /** One that only this service has. */
    default Answer own(FaultKind kind) {
      throw new IllegalStateException(kind + " does not strike this service");
    }
  }

  /**
   * Ends a request, now or later.
   *
   * @param shard looked up only if a rule asks for it
   */
  public void end(
      Exchange exchange, String operation, Supplier<Optional<String>> shard, Answers answers) {
    Verdict verdict = faults.judge(target, operation, shard);
    Runnable rest = () -> end(exchange, verdict.strike(), answers);
    if (verdict.delay().isZero()) {
      rest.run();
    } else {
      CompletableFuture.delayedExecutor(verdict.delay().toNanos(), TimeUnit.NANOSECONDS, workers)
          .execute(rest);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a held request ends in its answer
  private static void end(Exchange exchange, Optional<Strike> struck, Answers answers) {
    if (struck.isEmpty()) {
      exchange.answer(answers.right());
      return;
    }
    Strike strike = struck.get();
    FaultKind kind = strike.rule().kind();
    switch (kind) {
      case STATUS -> exchange.answer(answers.status(strike.rule()));
      case EXPIRED_CURSOR -> exchange.answer(answers.expiredCursor());
      case HTML -> exchange.answer(Answer.badGateway());
      case DROP_BEFORE -> exchange.cut();
      case DROP_AFTER -> {
        answers.right();
        exchange.cut();
      }
      case TRUNCATE -> exchange.truncate(answers.right());
      case HANG -> strike.removed().thenRun(() -> exchange.answer(answers.right()));
      case BAD_CRC, SHARED_SEQUENCE, MALFORMED_RECORD -> exchange.answer(answers.own(kind));
      case LATENCY, ERROR -> throw new IllegalStateException(kind + " does not strike a stream");
    }
  }
}
