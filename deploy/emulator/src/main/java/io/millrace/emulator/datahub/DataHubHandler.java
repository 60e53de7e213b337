// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.fault.FaultyService;
import io.millrace.emulator.fault.FaultyService.Answers;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.io.IOException;
import java.util.concurrent.Executor;
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
  private final FaultyService service;
  private final AtomicLong requests = new AtomicLong();

  DataHubHandler(DataHubStore store, Supplier<ServiceKeys> keys, Faults faults, Executor workers) {
    this.operations = new DataHubOperations(store);
    this.keys = keys;
    this.service = new FaultyService(FaultTarget.DATAHUB, faults, workers);
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
    service.end(exchange, call.operation(), call::shardName, new Words(exchange, call, requestId));
  }

  private final class Words implements Answers {

    private final Exchange exchange;
    private final DataHubCall call;
    private final String requestId;

    Words(Exchange exchange, DataHubCall call, String requestId) {
      this.exchange = exchange;
      this.call = call;
      this.requestId = requestId;
    }

    @Override
    public Answer right() {
      return answer(exchange, call, requestId);
    }

    @Override
    public Answer status(FaultRule rule) {
      return injected(rule, requestId);
    }

    @Override
    public Answer expiredCursor() {
      return refusal(DataHubException.expiredCursor(), requestId);
    }

    @Override
    public Answer own(FaultKind kind) {
      return kind == FaultKind.BAD_CRC
          ? badCrc(right())
          : answer(exchange, call.with(kind), requestId);
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

  private static Answer injected(FaultRule rule, String requestId) {
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
