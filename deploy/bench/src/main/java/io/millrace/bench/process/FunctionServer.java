// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.process;

import io.millrace.bench.journal.CallLog;
import io.millrace.emulator.TlsMaterial;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import io.millrace.emulator.http.LoopbackServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A function that does nothing for a given time, and its service: it accepts any caller, because
 * what a signature costs the service is not the caller's; and it notes shard and sequences of every
 * call. A process of its own. Orders:
 *
 * <ul>
 *   <li>{@code begin MILLIS PERCENT on|off}: how long each call takes, how many fail, whether over
 *       TLS; answers with the service's address, and forgets the calls before
 *   <li>{@code count}: answers with the calls and the records acknowledged since
 *   <li>{@code write FILE}: writes the calls
 * </ul>
 */
public final class FunctionServer {

  private static final Answer OK =
      Answer.text(200, Answer.JSON, "\"ok\"").with("X-Fc-Request-Id", "bench");

  /** FunctionGraph's, in the form that it is asked for. */
  private static final Answer GRAPH_OK =
      Answer.text(200, Answer.JSON, "{\"result\":\"ok\",\"status\":200}")
          .with("X-Cff-Request-Id", "bench")
          .with("X-Is-Func-Err", "false")
          .with("X-Func-Err-Code", "0");

  /** An error of the service's, by its status: every client can see it. */
  private static final Answer ERROR =
      Answer.text(
              500,
              Answer.JSON,
              "{\"ErrorCode\":\"InternalServerError\",\"ErrorMessage\":\"failed on purpose\"}")
          .with("X-Fc-Request-Id", "bench");

  private static final Answer GRAPH_ERROR =
      Answer.text(
              500, Answer.JSON, "{\"error_code\":\"FSS.0500\",\"error_msg\":\"failed on purpose\"}")
          .with("X-Cff-Request-Id", "bench");

  private static final String GRAPH_PATH = "/v2/";

  private static final Answer DESCRIPTION =
      Answer.text(200, Answer.JSON, "{\"functionName\":\"handle\",\"timeout\":60}");

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "function-time");
            thread.setDaemon(true);
            return thread;
          });
  private final LoopbackServer plain;
  private final LoopbackServer secure;
  private final AtomicReference<Conduct> conduct =
      new AtomicReference<>(new Conduct(0, 0, new CallLog()));

  /** How calls are answered, and where they are noted. */
  private record Conduct(int millis, double errorPercent, CallLog log) {}

  private FunctionServer(TlsMaterial tls) {
    plain = LoopbackServer.start("function", 0, Optional.empty(), this::receive);
    secure = LoopbackServer.start("function-tls", 0, Optional.of(tls), this::receive);
  }

  /**
   * Serves until standard input ends.
   *
   * @param arguments key store and its password
   */
  public static void main(String[] arguments) throws IOException {
    FunctionServer server =
        new FunctionServer(new TlsMaterial(Path.of(arguments[0]), arguments[1]));
    Orders.serve(server::carryOut);
  }

  private String carryOut(String verb, List<String> arguments) throws IOException {
    return switch (verb) {
      case "begin" -> {
        conduct.set(
            new Conduct(
                Integer.parseInt(arguments.get(0)),
                Double.parseDouble(arguments.get(1)),
                new CallLog()));
        yield (arguments.get(2).equals("on") ? secure : plain).uri().toString();
      }
      case "count" -> {
        CallLog.Count count = conduct.get().log().count();
        yield count.calls() + " " + count.records();
      }
      case "write" -> {
        conduct.get().log().write(Path.of(arguments.get(0)));
        yield "";
      }
      default -> throw new IllegalArgumentException("no order: " + verb);
    };
  }

  private void receive(Exchange exchange) {
    long start = Micros.now();
    if (!exchange.method().equals("POST")) {
      exchange.answer(DESCRIPTION);
      return;
    }
    Conduct now = conduct.get();
    CallLog.Entry entry = now.log().begin(start, exchange.body());
    if (now.millis() == 0) {
      end(exchange, now, entry);
    } else {
      var unused =
          timer.schedule(() -> end(exchange, now, entry), now.millis(), TimeUnit.MILLISECONDS);
    }
  }

  private static void end(Exchange exchange, Conduct now, CallLog.Entry entry) {
    boolean ok =
        now.errorPercent() == 0
            || ThreadLocalRandom.current().nextDouble(100) >= now.errorPercent();
    now.log().end(entry, Micros.now(), ok);
    boolean graph = exchange.path().startsWith(GRAPH_PATH);
    exchange.answer(ok ? (graph ? GRAPH_OK : OK) : graph ? GRAPH_ERROR : ERROR);
  }
}
