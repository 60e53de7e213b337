// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpFailure;
import io.millrace.http.HttpTransport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers every request with what it is told, and remembers what it was asked. */
public final class ScriptedTransport implements HttpTransport {

  private final List<HttpCall> calls = new CopyOnWriteArrayList<>();
  private volatile CompletableFuture<HttpAnswer> next = new CompletableFuture<>();

  /** The requests so far. */
  public List<HttpCall> calls() {
    return List.copyOf(calls);
  }

  /** Answers so from now on. */
  public void answer(HttpAnswer answer) {
    next = CompletableFuture.completedFuture(answer);
  }

  /** Answers so from now on. */
  public void answer(int status, Map<String, String> headers, String body) {
    answer(new HttpAnswer(status, headers, body.getBytes(UTF_8)));
  }

  /** Brings no answer from now on. */
  public void fail(HttpFailure failure) {
    next = CompletableFuture.failedFuture(failure);
  }

  /** Answers nothing from now on. */
  public void hang() {
    next = new CompletableFuture<>();
  }

  @Override
  public CompletableFuture<HttpAnswer> send(HttpCall call) {
    calls.add(call);
    return next;
  }

  @Override
  public void close() {}
}
