// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static io.millrace.emulator.AdminCall.done;
import static io.millrace.emulator.AdminCall.names;
import static io.millrace.emulator.AdminCall.ok;
import static io.millrace.emulator.AdminCall.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.emulator.AdminCall.NoSuchThing;
import io.millrace.emulator.AdminCall.Operation;
import io.millrace.emulator.functiongraph.FunctionGraphEmulator;
import io.millrace.emulator.http.Answer;
import java.util.Map;

/** FunctionGraph's part of the admin API. */
final class FunctionGraphAdmin {

  private final FunctionGraphEmulator functions;

  FunctionGraphAdmin(FunctionGraphEmulator functions) {
    this.functions = functions;
  }

  Map<String, Operation> byName() {
    return Map.of(
        "GET /functiongraph",
        call -> ok(names("functions", functions.names())),
        "POST /functiongraph",
        call ->
            call.parts() == 1
                ? create(call.body())
                : call.reach(functions::goDown, functions::comeUp),
        "DELETE /functiongraph",
        this::delete);
  }

  private Answer create(JsonNode body) {
    String project = text(body, "project");
    String group = body.has("package") ? text(body, "package") : "default";
    String function = text(body, "function");
    functions.create(project, group, function, FunctionComputeAdmin.limits(body));
    body.path("qualifiers")
        .forEach(each -> functions.publish(project, group, function, each.asText()));
    return done();
  }

  private Answer delete(AdminCall call) {
    if (!functions.delete(call.part(1), call.part(2), call.part(3))) {
      throw new NoSuchThing(
          "no function %s:%s:%s".formatted(call.part(1), call.part(2), call.part(3)));
    }
    return done();
  }
}
