// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.micro;

import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpTransport;
import io.millrace.job.TriggerSpec;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * All of a call but the wire: credentials, headers, signature over the event, and what the answer
 * means.
 */
@State(Scope.Thread)
public class InvocationBenchmark {

  private static final HttpAnswer ANSWER =
      new HttpAnswer(200, Map.of("X-Fc-Request-Id", "1", "X-Cff-Request-Id", "1"), new byte[0]);

  @Param({"DATAHUB_FC", "DIS_FUNCTIONGRAPH"})
  public Samples pair;

  @Param({"1", "100", "1000"})
  public int records;

  private FunctionInvoker invoker;
  private FunctionInvoker.Invocation invocation;

  /** Answers at once and sends nothing. */
  private static final class NoWire implements HttpTransport {
    @Override
    public CompletableFuture<HttpAnswer> send(HttpCall call) {
      return CompletableFuture.completedFuture(ANSWER);
    }

    @Override
    public void close() {}
  }

  @Setup
  public void open() throws IOException {
    TriggerSpec trigger = pair.trigger();
    invoker = trigger.function().open(new NoWire());
    byte[] event = trigger.format().render("0", pair.records(records));
    invocation = new FunctionInvoker.Invocation("0", event, 1);
    Outcome outcome = invoker.invoke(invocation).join();
    if (!(outcome instanceof Outcome.Acknowledged)) {
      throw new IllegalStateException("not what is to be measured: " + outcome);
    }
  }

  @Benchmark
  public Outcome invoke() {
    return invoker.invoke(invocation).join();
  }

  @TearDown
  public void close() {
    invoker.close();
  }
}
