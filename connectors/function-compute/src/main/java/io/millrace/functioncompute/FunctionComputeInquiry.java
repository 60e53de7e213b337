// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import static io.millrace.inquiry.Finding.compared;
import static io.millrace.inquiry.Finding.notAsked;
import static io.millrace.inquiry.Finding.noted;

import io.millrace.credentials.Credentials;
import io.millrace.functioncompute.FunctionApi.Request;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpTransport;
import io.millrace.http.OneLine;
import io.millrace.inquiry.ClockSkew;
import io.millrace.inquiry.Finding;
import io.millrace.inquiry.Inquiry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Asks Function Compute what its documentation leaves open, by questions about one function.
 * Invokes it only when that is allowed, with an event that has no records.
 */
final class FunctionComputeInquiry implements Inquiry {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final byte[] NO_BODY = {};
  private static final byte[] NO_RECORDS = "{\"records\":[]}".getBytes(StandardCharsets.UTF_8);

  private final FunctionComputeTarget target;
  private final HttpTransport transport;
  private final Clock clock;
  private final boolean invoke;

  FunctionComputeInquiry(
      FunctionComputeTarget target, HttpTransport transport, Clock clock, boolean invoke) {
    this.target = target;
    this.transport = transport;
    this.clock = clock;
    this.invoke = invoke;
  }

  @Override
  public void ask(Consumer<Finding> findings) {
    findings.accept(
        compared(
            "a function that is not there",
            said(describe(target.api().named("no-such-function-x7"), own -> own, clock)),
            "FunctionNotFound, HTTP 404"));
    findings.accept(
        compared(
            "a signature by another key",
            said(describe(target.api(), FunctionComputeInquiry::withOtherSecret, clock)),
            "SignatureNotMatch, HTTP 403"));
    findings.accept(
        compared(
            "an access key that is not there",
            said(describe(target.api(), FunctionComputeInquiry::asSomebody, clock)),
            "InvalidAccessKeyID, HTTP 403"));
    String refusal = said(describe(target.api(), own -> own, clock));
    findings.accept(
        noted("asking about the function", refusal.isEmpty() ? "is permitted" : refusal));
    clocks(findings);
    if (invoke) {
      invocation(findings);
    } else {
      findings.accept(notAsked("an invocation", "--invoke was not given"));
    }
  }

  private void clocks(Consumer<Finding> findings) {
    findings.accept(
        compared(
            "clocks off by this much are let in",
            ClockSkew.accepted(
                skew -> {
                  HttpAnswer answer = describe(target.api(), own -> own, Clock.offset(clock, skew));
                  // Who may not ask is told so after the clock was looked at.
                  return answer.status() / 100 == 2 || said(answer).startsWith("NoPermission");
                }),
            "-14, -5, +5, +14 min"));
  }

  private void invocation(Consumer<Finding> findings) {
    Map<String, String> headers = FunctionComputeProtocol.common();
    headers.put("Content-Type", "application/octet-stream");
    headers.put("X-Fc-Log-Type", "Tail");
    HttpAnswer answer =
        send(
            target.api(),
            new Request("POST", target.invocations(), "InvokeFunction", headers, NO_RECORDS),
            target.credentials().get(),
            clock,
            target.timeout());
    findings.accept(noted("an invocation is answered with", "HTTP " + answer.status()));
    findings.accept(
        compared(
            "its headers",
            (answer.header("x-fc-request-id").isPresent() ? "a request id" : "no request id")
                + (answer.header("x-fc-log-result").isPresent() ? ", a log" : ", no log"),
            "a request id, a log"));
    answer
        .header("x-fc-error-type")
        .ifPresent(type -> findings.accept(noted("the function failed", OneLine.of(type))));
  }

  private static Credentials withOtherSecret(Credentials own) {
    return new Credentials(own.accessKeyId(), "not-the-secret", own.securityToken());
  }

  private static Credentials asSomebody(Credentials own) {
    return new Credentials("no-such-access-key", own.accessKeySecret(), own.securityToken());
  }

  private HttpAnswer describe(FunctionApi api, UnaryOperator<Credentials> disguise, Clock shown) {
    return send(
        api,
        new Request(
            "GET",
            URI.create(target.endpoint() + api.description()),
            "GetFunction",
            FunctionComputeProtocol.common(),
            NO_BODY),
        disguise.apply(target.credentials().get()),
        shown,
        TIMEOUT);
  }

  private HttpAnswer send(
      FunctionApi api, Request request, Credentials credentials, Clock shown, Duration timeout) {
    Map<String, String> headers = api.signed(request, credentials, shown.instant());
    try {
      return transport
          .send(
              new HttpCall(
                  request.method(),
                  request.uri(),
                  List.copyOf(headers.entrySet()),
                  request.body(),
                  timeout))
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  /** Code and status of a refusal; empty for what is none. */
  private String said(HttpAnswer answer) {
    if (answer.status() / 100 == 2) {
      return "";
    }
    String code = FunctionComputeRefusals.TABLE.read(answer, target.credentials().get()).code();
    return code.isEmpty()
        ? "HTTP " + answer.status() + ": " + OneLine.of(answer.body(), target.credentials().get())
        : OneLine.of(code) + ", HTTP " + answer.status();
  }
}
