// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static io.millrace.emulator.AdminCall.done;
import static io.millrace.emulator.AdminCall.integer;
import static io.millrace.emulator.AdminCall.names;
import static io.millrace.emulator.AdminCall.ok;
import static io.millrace.emulator.AdminCall.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.emulator.AdminCall.NoSuchThing;
import io.millrace.emulator.AdminCall.Operation;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.emulator.functioncompute.FunctionComputeEmulator;
import io.millrace.emulator.http.Answer;
import java.time.Duration;
import java.util.Map;

/** Function Compute's part of the admin API. */
final class FunctionComputeAdmin {

  private final FunctionComputeEmulator functions;

  FunctionComputeAdmin(FunctionComputeEmulator functions) {
    this.functions = functions;
  }

  Map<String, Operation> byName() {
    return Map.of(
        "GET /functions",
        call -> ok(names("functions", functions.names())),
        "POST /functions",
        call ->
            call.parts() == 1
                ? createFunction(call.body())
                : call.reach(functions::goDown, functions::comeUp),
        "DELETE /functions",
        this::deleteFunction);
  }

  private Answer createFunction(JsonNode body) {
    FunctionLimits limits = limits(body);
    String function = text(body, "function");
    if (body.has("service")) {
      String service = text(body, "service");
      functions.create(service, function, limits);
      body.path("qualifiers").forEach(each -> functions.publishService(service, each.asText()));
    } else {
      functions.create(function, limits);
      body.path("qualifiers").forEach(each -> functions.publishFunction(function, each.asText()));
    }
    return done();
  }

  /** What a function is allowed, where the body says so. */
  static FunctionLimits limits(JsonNode body) {
    FunctionLimits limits = FunctionLimits.DEFAULT;
    if (body.has("timeoutMs")) {
      limits = limits.withTimeout(Duration.ofMillis(integer(body, "timeoutMs", 0)));
    }
    return body.has("maxConcurrency")
        ? limits.withMaxConcurrency(integer(body, "maxConcurrency", 0))
        : limits;
  }

  private Answer deleteFunction(AdminCall call) {
    if (call.parts() == 2) {
      if (!functions.delete(call.part(1))) {
        throw new NoSuchThing("no function " + call.part(1));
      }
    } else if (!functions.delete(call.part(1), call.part(2))) {
      throw new NoSuchThing("no function " + call.part(2) + " in service " + call.part(1));
    }
    return done();
  }
}
