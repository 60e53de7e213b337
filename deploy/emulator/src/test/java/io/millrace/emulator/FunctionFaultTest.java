// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.emulator.Journal.Entry;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.function.FunctionLimits;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each kind of fault as a caller of a function sees it, and as the journal tells it. */
class FunctionFaultTest {

  private static final String EVENT =
      "{\"records\":[{\"eventId\":\"3:17\"},{\"eventId\":\"3:18\"}]}";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Emulator emulator;
  private SignedCaller caller;

  @BeforeEach
  void start() {
    emulator = Emulator.builder().start();
    emulator.functions().create("svc", "fn");
    caller = new SignedCaller(emulator);
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void statusRefusesWithTheServicesCode() throws Exception {
    add(rule(FaultKind.STATUS).withStatus(429).times(1));
    HttpResponse<String> refused = caller.invoke("fn", EVENT);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("\"ErrorCode\":\"ResourceExhausted\"");
    assertThat(caller.invoke("fn", EVENT).statusCode()).isEqualTo(200);
    add(rule(FaultKind.STATUS).withErrorCode("AccessDenied"));
    assertThat(caller.invoke("fn", EVENT).statusCode()).isEqualTo(403);
    assertThat(outcomes()).containsExactly("refused", "ok", "refused");
    assertThat(emulator.journal().entries().get(0).ran()).isFalse();
  }

  @Test
  void aRefusalMayCarryAnErrorType() throws Exception {
    add(rule(FaultKind.STATUS).withStatus(403).withErrorType("FcCommonError"));

    HttpResponse<String> refused = caller.invoke("fn", EVENT);

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.headers().firstValue("X-Fc-Error-Type")).contains("FcCommonError");
    assertThatThrownBy(() -> rule(FaultKind.HTML).withErrorType("FcCommonError"))
        .hasMessageStartingWith("errorType: FcCommonError is sent with the kind status");
  }

  @Test
  void errorIsBehindA200() throws Exception {
    add(rule(FaultKind.ERROR).withErrorCode("UnhandledInvocationError"));
    HttpResponse<String> failed = caller.invoke("fn", EVENT);
    assertThat(failed.statusCode()).isEqualTo(200);
    assertThat(failed.headers().firstValue("X-Fc-Error-Type")).hasValue("UnhandledInvocationError");
    Entry entry = last();
    assertThat(entry.outcome()).isEqualTo("error");
    assertThat(entry.ran()).isTrue();
    assertThat(entry.answered()).isTrue();
  }

  @Test
  void latencyDelaysTheEnd() throws Exception {
    add(rule(FaultKind.LATENCY).withDelay(Duration.ofMillis(300)));
    emulator.functions().setLatency(Duration.ofMillis(200));
    caller.invoke("fn", EVENT);
    Entry entry = last();
    assertThat(entry.end().orElseThrow() - entry.start()).isGreaterThanOrEqualTo(500_000L);
    assertThat(entry.outcome()).isEqualTo("ok");
  }

  @Test
  void hangHoldsUntilTheRuleIsRemoved() throws Exception {
    long id = add(rule(FaultKind.HANG));
    CompletableFuture<HttpResponse<String>> held =
        caller.invokeAsync(SignedCaller.client(), "fn", EVENT);
    emulator.journal().awaitSize(1, PATIENCE);
    assertThat(held).isNotDone();
    assertThat(last().end()).isEmpty();
    assertThat(last().outcome()).isEqualTo("open");
    emulator.functions().faults().remove(id);
    assertThat(held.get(120, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(last().outcome()).isEqualTo("ok");
  }

  @Test
  void hangEndsWithTheFunctionsTimeout() throws Exception {
    emulator
        .functions()
        .create("svc", "short", FunctionLimits.DEFAULT.withTimeout(Duration.ofMillis(200)));
    add(rule(FaultKind.HANG));
    HttpResponse<String> ended = caller.invoke("short", EVENT);
    assertThat(ended.statusCode()).isEqualTo(200);
    assertThat(ended.headers().firstValue("X-Fc-Error-Type")).hasValue("UnhandledInvocationError");
    assertThat(last().outcome()).isEqualTo("hung");
    assertThat(last().ran()).isTrue();
  }

  @Test
  void dropBeforeRunsNothing() {
    List<byte[]> ran = record();
    add(rule(FaultKind.DROP_BEFORE));
    assertThatThrownBy(() -> caller.invoke("fn", EVENT)).isInstanceOf(IOException.class);
    assertThat(ran).isEmpty();
    Entry entry = last();
    assertThat(entry.outcome()).isEqualTo("dropped-before");
    assertThat(entry.ran()).isFalse();
    assertThat(entry.answered()).isFalse();
  }

  @Test
  void dropAfterRunsButDoesNotAnswer() {
    List<byte[]> ran = record();
    add(rule(FaultKind.DROP_AFTER));
    assertThatThrownBy(() -> caller.invoke("fn", EVENT)).isInstanceOf(IOException.class);
    assertThat(ran).hasSize(1);
    Entry entry = last();
    assertThat(entry.outcome()).isEqualTo("dropped-after");
    assertThat(entry.ran()).isTrue();
    assertThat(entry.answered()).isFalse();
  }

  @Test
  void truncateSendsHalf() {
    emulator.functions().handler(event -> new byte[1000]);
    add(rule(FaultKind.TRUNCATE));
    assertThatThrownBy(() -> caller.invoke("fn", EVENT))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining("500");
    assertThat(last().outcome()).isEqualTo("truncated");
    assertThat(last().ran()).isTrue();
  }

  @Test
  void htmlIsABadGateway() throws Exception {
    add(rule(FaultKind.HTML));
    HttpResponse<String> page = caller.invoke("fn", EVENT);
    assertThat(page.statusCode()).isEqualTo(502);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html");
    assertThat(last().outcome()).isEqualTo("refused");
  }

  @Test
  void strikesOneShardOnly() throws Exception {
    add(rule(FaultKind.ERROR).onShard("3"));
    caller.invoke("fn", EVENT);
    caller.invoke("fn", "{ \"records\": [ { \"eventId\" : \"13:3\" } ] }");
    caller.invoke("fn", "{}");
    assertThat(outcomes()).containsExactly("error", "ok", "ok");
  }

  @Test
  void strikesWithAProbability() throws Exception {
    add(rule(FaultKind.ERROR).withProbability(0.5));
    for (int i = 0; i < 40; i++) {
      caller.invoke("fn", EVENT);
    }
    assertThat(outcomes()).contains("error", "ok");
  }

  @Test
  void goesDownAndComesUpOnTheSamePort() throws Exception {
    long hang = add(rule(FaultKind.HANG));
    CompletableFuture<HttpResponse<String>> held =
        caller.invokeAsync(SignedCaller.client(), "fn", EVENT);
    emulator.journal().awaitSize(1, PATIENCE);
    emulator.functions().goDown();
    assertThat(held).failsWithin(PATIENCE);
    assertThatThrownBy(() -> caller.invoke("fn", EVENT)).isInstanceOf(IOException.class);
    emulator.functions().comeUp();
    emulator.functions().faults().remove(hang);
    assertThat(caller.invoke("fn", EVENT).statusCode()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(outcomes()).containsExactly("client-gone", "ok"));
    assertThat(emulator.journal().entries().get(0).answered()).isFalse();
    assertThat(emulator.journal().entries().get(0).end()).isPresent();
  }

  @Test
  void holdsHundredsOfCallsWithoutAThreadEach() throws Exception {
    HttpClient client = SignedCaller.client();
    long hang = add(rule(FaultKind.HANG));
    int threads = emulatorThreads();
    List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      held.add(caller.invokeAsync(client, "fn", "{\"records\":[{\"eventId\":\"" + i + ":0\"}]}"));
    }
    emulator.journal().awaitSize(500, PATIENCE);
    assertThat(emulator.journal().open()).isEqualTo(500);
    assertThat(emulatorThreads() - threads).isLessThan(70);
    emulator.functions().faults().remove(hang);
    for (CompletableFuture<HttpResponse<String>> each : held) {
      assertThat(each.get(120, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
    assertThat(outcomes()).hasSize(500).containsOnly("ok");
  }

  @Test
  void oneCallersInvocationsNeverOverlapInTheJournal() throws Exception {
    HttpClient client = SignedCaller.client();
    for (int i = 0; i < 300; i++) {
      caller.invokeAsync(client, "fn", EVENT).get(120, TimeUnit.SECONDS);
    }
    List<Entry> entries = emulator.journal().entries();
    assertThat(entries).hasSize(300).allMatch(Entry::succeeded);
    for (int i = 1; i < entries.size(); i++) {
      assertThat(entries.get(i).start())
          .isGreaterThanOrEqualTo(entries.get(i - 1).end().orElseThrow());
    }
  }

  private static int emulatorThreads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("emulator-"))
            .count();
  }

  private List<byte[]> record() {
    List<byte[]> ran = Collections.synchronizedList(new ArrayList<>());
    emulator
        .functions()
        .handler(
            event -> {
              ran.add(event);
              return event;
            });
    return ran;
  }

  private long add(FaultRule rule) {
    return emulator.functions().faults().add(rule);
  }

  private static FaultRule rule(FaultKind kind) {
    return FaultRule.of(FaultTarget.FUNCTION, kind);
  }

  private List<String> outcomes() {
    return emulator.journal().entries().stream().map(Entry::outcome).toList();
  }

  private Entry last() {
    List<Entry> entries = emulator.journal().entries();
    return entries.get(entries.size() - 1);
  }
}
