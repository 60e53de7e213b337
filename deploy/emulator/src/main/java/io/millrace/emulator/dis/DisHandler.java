// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.auth.SdkHmacVerifier;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.fault.FaultyService;
import io.millrace.emulator.fault.FaultyService.Answers;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side of DIS: checks the signature, applies the faults, and answers. Called on the
 * server's threads; delayed requests go on in the executor.
 */
final class DisHandler implements Consumer<Exchange> {

  private static final Logger LOG = LoggerFactory.getLogger(DisHandler.class);

  private final DisOperations operations;
  private final SdkHmacVerifier verifier;
  private final Supplier<ServiceKeys> keys;
  private final FaultyService service;
  private final AtomicLong requests = new AtomicLong();

  DisHandler(
      DisStore store,
      SdkHmacVerifier verifier,
      Supplier<ServiceKeys> keys,
      Faults faults,
      Executor workers) {
    this.operations = new DisOperations(store);
    this.verifier = verifier;
    this.keys = keys;
    this.service = new FaultyService(FaultTarget.DIS, faults, workers);
  }

  @Override
  public void accept(Exchange exchange) {
    String requestId =
        String.format("%016x%016x", System.currentTimeMillis(), requests.incrementAndGet());
    Optional<String> refused = verifier.refusal(exchange, keys.get());
    if (refused.isPresent()) {
      exchange.answer(unauthorized(refused.get(), requestId));
      return;
    }
    DisCall call;
    try {
      call = DisCall.of(exchange, Compression.body(exchange));
    } catch (DisException e) {
      exchange.answer(refusal(e, requestId));
      return;
    }
    service.end(exchange, call.operation(), call::shardName, new Words(call, requestId));
  }

  private final class Words implements Answers {

    private final DisCall call;
    private final String requestId;

    Words(DisCall call, String requestId) {
      this.call = call;
      this.requestId = requestId;
    }

    @Override
    public Answer right() {
      return answer(call, requestId);
    }

    @Override
    public Answer status(FaultRule rule) {
      return injected(rule, requestId);
    }

    @Override
    public Answer expiredCursor() {
      return refusal(DisException.expiredCursor(), requestId);
    }
  }

  private Answer answer(DisCall call, String requestId) {
    try {
      return operations.run(call).with("X-Request-Id", requestId);
    } catch (DisException e) {
      return refusal(e, requestId);
    } catch (InvalidProtocolBufferException e) {
      return refusal(
          DisException.invalidRequest("The body is not the message expected."), requestId);
    } catch (IOException | RuntimeException e) {
      LOG.error("{} of {} failed in the emulator", call.operation(), call.name(), e);
      return refusal(DisException.internal(), requestId);
    }
  }

  private static Answer injected(FaultRule rule, String requestId) {
    int status = rule.status().orElseGet(() -> DisException.statusOf(rule.errorCode().get()));
    String code =
        rule.errorCode()
            .orElse(
                switch (status) {
                  case 401, 403 -> "DIS.4116";
                  case 404 -> "DIS.4301";
                  case 429 -> "DIS.4303";
                  default -> status < 500 ? "DIS.4200" : "DIS.5000";
                });
    return refusal(status, code, "Injected fault: " + FaultKind.STATUS.wireName(), requestId);
  }

  private static Answer refusal(DisException e, String requestId) {
    return refusal(e.status(), e.code(), e.getMessage(), requestId);
  }

  /** The service's own words: not the keys that its documentation shows. */
  private static Answer refusal(int status, String code, String message, String requestId) {
    return Answer.json(
            status,
            JsonNodeFactory.instance.objectNode().put("errorCode", code).put("message", message))
        .with("X-Request-Id", requestId);
  }

  /** The gateway in front of the service refuses, in words of its own. */
  private static Answer unauthorized(String why, String requestId) {
    return Answer.json(
            401,
            JsonNodeFactory.instance
                .objectNode()
                .put("error_code", "APIGW.0301")
                .put("error_msg", "Incorrect IAM authentication information: " + why)
                .put("request_id", requestId))
        .with("X-Request-Id", requestId);
  }
}
