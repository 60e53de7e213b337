// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import static io.millrace.inquiry.Finding.compared;
import static io.millrace.inquiry.Finding.notAsked;
import static io.millrace.inquiry.Finding.noted;

import io.millrace.credentials.Credentials;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpTransport;
import io.millrace.http.JsonFields;
import io.millrace.http.OneLine;
import io.millrace.inquiry.ClockSkew;
import io.millrace.inquiry.Finding;
import io.millrace.inquiry.Inquiry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Asks FunctionGraph what its documentation leaves open, by questions about one function. Invokes
 * it only when that is allowed, with an event that has no records.
 */
final class FunctionGraphInquiry implements Inquiry {

  private static final String NOT_LET_IN = "APIGW.0301, HTTP 401";
  private static final byte[] NO_RECORDS =
      "{\"Message\":{\"records\":[]}}".getBytes(StandardCharsets.UTF_8);

  private final FunctionGraphTarget target;
  private final HttpTransport transport;
  private final Clock clock;
  private final boolean invoke;

  FunctionGraphInquiry(
      FunctionGraphTarget target, HttpTransport transport, Clock clock, boolean invoke) {
    this.target = target;
    this.transport = transport;
    this.clock = clock;
    this.invoke = invoke;
  }

  @Override
  public void ask(Consumer<Finding> findings) {
    Credentials own = target.credentials().get();
    findings.accept(
        compared(
            "a function that is not there",
            said(describe(target.urn().named("no-such-function-x7"), own, clock)),
            "FSS.1051, HTTP 404"));
    if (own.authToken().isPresent()) {
      findings.accept(
          compared(
              "a token that is none",
              said(describe(target.urn(), Credentials.ofAuthToken("no-such-token"), clock)),
              NOT_LET_IN));
    } else {
      signatures(own, findings);
    }
    String refusal = said(describe(target.urn(), own, clock));
    findings.accept(
        noted("asking about the function", refusal.isEmpty() ? "is permitted" : refusal));
    if (invoke) {
      invocation(own, findings);
    } else {
      findings.accept(notAsked("an invocation", "--invoke was not given"));
    }
  }

  private void signatures(Credentials own, Consumer<Finding> findings) {
    findings.accept(
        compared(
            "a signature by another key",
            said(
                describe(
                    target.urn(),
                    new Credentials(own.accessKeyId(), "not-the-secret", own.securityToken()),
                    clock)),
            NOT_LET_IN));
    findings.accept(
        compared(
            "an access key that is not there",
            said(
                describe(
                    target.urn(),
                    new Credentials(
                        "no-such-access-key", own.accessKeySecret(), own.securityToken()),
                    clock)),
            NOT_LET_IN));
    findings.accept(
        compared(
            "clocks off by this much are let in",
            ClockSkew.accepted(
                skew -> {
                  HttpAnswer answer = describe(target.urn(), own, Clock.offset(clock, skew));
                  // Who may not ask is told so after the clock was looked at.
                  return answer.status() / 100 == 2 || answer.status() == 403;
                }),
            "-14, -5, +5, +14 min"));
  }

  private void invocation(Credentials own, Consumer<Finding> findings) {
    HttpAnswer answer = send(new FunctionGraphProtocol(target, clock).invocation(NO_RECORDS, own));
    findings.accept(noted("an invocation is answered with", "HTTP " + answer.status()));
    findings.accept(
        compared(
            "its headers",
            header(answer, "X-Cff-Request-Id")
                + header(answer, "X-Is-Func-Err")
                + header(answer, "X-Func-Err-Code")
                + header(answer, "X-Cff-Response-Version"),
            "X-Cff-Request-Id X-Is-Func-Err X-Func-Err-Code X-Cff-Response-Version "));
    JsonFields body = JsonFields.of(answer.body());
    findings.accept(
        noted(
            "the function's status",
            OneLine.of(body.text(List.of("status")))
                + answer
                    .header("x-func-err-code")
                    .map(code -> ", X-Func-Err-Code " + OneLine.of(code))
                    .orElse("")));
  }

  private static String header(HttpAnswer answer, String name) {
    return answer.header(name).isPresent() ? name + " " : "";
  }

  private HttpAnswer describe(FunctionUrn function, Credentials credentials, Clock shown) {
    return send(new FunctionGraphProtocol(target, shown).description(function, credentials));
  }

  private HttpAnswer send(HttpCall call) {
    try {
      return transport.send(call).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  /** Code and status of a refusal; empty for what is none. */
  private String said(HttpAnswer answer) {
    if (answer.status() / 100 == 2) {
      return "";
    }
    Credentials own = target.credentials().get();
    String code = FunctionGraphRefusals.TABLE.read(answer, own).code();
    return code.isEmpty()
        ? "HTTP " + answer.status() + ": " + OneLine.of(answer.body(), own)
        : OneLine.of(code) + ", HTTP " + answer.status();
  }
}
