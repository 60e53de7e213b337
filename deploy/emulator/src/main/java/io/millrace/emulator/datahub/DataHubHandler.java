// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.fault.Faults.Strike;
import io.millrace.emulator.fault.Faults.Verdict;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side of DataHub: checks the signature, applies the faults, and answers. Called on the
 * server's threads; delayed requests go on in the executor.
 */
final class DataHubHandler implements Consumer<Exchange> {

  private static final Logger LOG = LoggerFactory.getLogger(DataHubHandler.class);

  private final DataHubOperations operations;
  private final Supplier<ServiceKeys> keys;
  private final Faults faults;
  private final Executor workers;
  private final AtomicLong requests = new AtomicLong();

  DataHubHandler(DataHubStore store, Supplier<ServiceKeys> keys, Faults faults, Executor workers) {
    this.operations = new DataHubOperations(store);
    this.keys = keys;
    this.faults = faults;
    this.workers = workers;
  }

  @Override
  public void accept(Exchange exchange) {
    String requestId =
        String.format("%d%08x", System.currentTimeMillis(), requests.incrementAndGet());
    DataHubCall call;
    try {
      DataHubSignature.verify(exchange, keys.get());
      call = DataHubCall.of(exchange, Compression.body(exchange));
    } catch (DataHubException e) {
      exchange.answer(refusal(e, requestId));
      return;
    }
    Verdict verdict = faults.judge(FaultTarget.DATAHUB, call.operation(), call::shardName);
    Runnable rest = () -> run(exchange, call, requestId, verdict);
    if (verdict.delay().isZero()) {
      rest.run();
    } else {
      CompletableFuture.delayedExecutor(verdict.delay().toNanos(), TimeUnit.NANOSECONDS, workers)
          .execute(rest);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a held request ends in its answer
  private void run(Exchange exchange, DataHubCall call, String requestId, Verdict verdict) {
    if (verdict.strike().isEmpty()) {
      exchange.answer(answer(exchange, call, requestId));
      return;
    }
    Strike strike = verdict.strike().get();
    switch (strike.rule().kind()) {
      case STATUS -> exchange.answer(status(strike.rule(), requestId));
      case EXPIRED_CURSOR -> exchange.answer(refusal(DataHubException.expiredCursor(), requestId));
      case HTML -> exchange.answer(Answer.badGateway());
      case DROP_BEFORE -> exchange.cut();
      case DROP_AFTER -> {
        answer(exchange, call, requestId);
        exchange.cut();
      }
      case TRUNCATE -> exchange.truncate(answer(exchange, call, requestId));
      case HANG ->
          strike.removed().thenRun(() -> exchange.answer(answer(exchange, call, requestId)));
      case BAD_CRC -> exchange.answer(badCrc(answer(exchange, call, requestId)));
      case SHARED_SEQUENCE, MALFORMED_RECORD ->
          exchange.answer(answer(exchange, call.with(strike.rule().kind()), requestId));
      case LATENCY, ERROR ->
          throw new IllegalStateException(strike.rule().kind() + " does not strike DataHub");
    }
  }

  private Answer answer(Exchange exchange, DataHubCall call, String requestId) {
    try {
      return Compression.compressed(
              operations.run(call), exchange.header("Accept-Encoding").orElse(""))
          .with("x-datahub-request-id", requestId);
    } catch (DataHubException e) {
      return refusal(e, requestId);
    } catch (InvalidProtocolBufferException e) {
      return refusal(
          DataHubException.malformed("It is not the protobuf message expected."), requestId);
    } catch (ArithmeticException e) {
      return refusal(DataHubException.invalidParameter("A number is too large."), requestId);
    } catch (IOException | RuntimeException e) {
      LOG.error(
          "{} of {}/{} failed in the emulator", call.operation(), call.project(), call.topic(), e);
      return refusal(
          new DataHubException(
              "InternalServerError", "Service internal error, please try again later."),
          requestId);
    }
  }

  /** The same answer, its protobuf message changed behind the frame's back. */
  private static Answer badCrc(Answer answer) {
    boolean framed = RecordOperations.PROTOBUF.equals(answer.headers().get("Content-Type"));
    byte[] body = answer.body().clone();
    if (framed && body.length > Frame.HEADER) {
      body[body.length - 1] ^= 1;
    }
    return answer.withBody(body);
  }

  private static Answer status(FaultRule rule, String requestId) {
    int status = rule.status().orElseGet(() -> DataHubException.statusOf(rule.errorCode().get()));
    String code =
        rule.errorCode()
            .orElse(
                switch (status) {
                  case 401, 403 -> "NoPermission";
                  case 404 -> "ResourceNotFound";
                  case 429 -> "LimitExceeded";
                  default -> status < 500 ? "InvalidParameter" : "InternalServerError";
                });
    return refusal(status, code, "Injected fault: " + FaultKind.STATUS.wireName(), requestId);
  }

  private static Answer refusal(DataHubException e, String requestId) {
    return refusal(e.status(), e.code(), e.getMessage(), requestId);
  }

  private static Answer refusal(int status, String code, String message, String requestId) {
    return Answer.json(
            status,
            JsonNodeFactory.instance
                .objectNode()
                .put("RequestId", requestId)
                .put("ErrorCode", code)
                .put("ErrorMessage", message))
        .with("x-datahub-request-id", requestId);
  }
}
