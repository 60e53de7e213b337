// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import io.millrace.http.HttpTransport;
import io.millrace.model.ShardRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A function in memory, and what it saw. A job reaches it through {@link #factory()}, which travels
 * as a name. Its events are made by {@link #FORMAT}: one line of {@code shard:sequence.index} a
 * record. Safe for use by several threads.
 */
public final class FakeFunction implements AutoCloseable {

  /** One call, as the function saw it. */
  public record Call(String shard, List<String> records, int attempt, long start, long end) {}

  private static final Map<String, FakeFunction> FUNCTIONS = new ConcurrentHashMap<>();

  /** Lines of record names. */
  public static final EnvelopeFormat FORMAT = new Lines();

  private final String name = "fake-" + UUID.randomUUID();
  private final List<Call> calls = new ArrayList<>();
  private final Map<String, Integer> open = new HashMap<>();
  private final List<CompletableFuture<Outcome>> hung = new ArrayList<>();
  private int mostOpenOfOneShard;
  private long clock;
  private volatile Duration latency = Duration.ZERO;
  private volatile boolean hanging;
  private volatile Function<FunctionInvoker.Invocation, Outcome> behaviour =
      call -> new Outcome.Acknowledged(Optional.empty());

  private FakeFunction() {}

  public static FakeFunction create() {
    FakeFunction function = new FakeFunction();
    FUNCTIONS.put(function.name, function);
    return function;
  }

  public FunctionInvoker.Factory factory() {
    return new Factory(name);
  }

  @Override
  public void close() {
    FUNCTIONS.remove(name);
  }

  /** Decides the outcome of each call from now on. */
  public void behave(Function<FunctionInvoker.Invocation, Outcome> how) {
    behaviour = how;
  }

  public void latency(Duration each) {
    latency = each;
  }

  /** Calls get no answer until {@link #release}. */
  public void hang() {
    hanging = true;
  }

  /** Hung calls are answered, and later ones do not hang. */
  public void release() {
    hanging = false;
    List<CompletableFuture<Outcome>> all;
    synchronized (this) {
      all = List.copyOf(hung);
      hung.clear();
    }
    all.forEach(call -> call.complete(new Outcome.Acknowledged(Optional.empty())));
  }

  public synchronized List<Call> calls() {
    return List.copyOf(calls);
  }

  /** Names of the records of a shard in the order of their calls. */
  public synchronized List<String> received(String shard) {
    return calls.stream()
        .filter(call -> call.shard().equals(shard))
        .flatMap(call -> call.records().stream())
        .toList();
  }

  /** How many calls of one shard were open at once, at most. */
  public synchronized int mostOpenOfOneShard() {
    return mostOpenOfOneShard;
  }

  /** Calls open now. */
  public synchronized int openCalls() {
    return open.values().stream().mapToInt(Integer::intValue).sum();
  }

  private CompletableFuture<Outcome> call(FunctionInvoker.Invocation invocation) {
    List<String> records =
        List.of(new String(invocation.event(), StandardCharsets.UTF_8).split("\n", -1));
    long start;
    CompletableFuture<Outcome> answer;
    synchronized (this) {
      start = clock++;
      mostOpenOfOneShard =
          Math.max(mostOpenOfOneShard, open.merge(invocation.shard(), 1, Integer::sum));
      if (hanging) {
        answer = new CompletableFuture<>();
        hung.add(answer);
      } else {
        answer = null;
      }
    }
    if (answer == null) {
      answer =
          latency.isZero()
              ? CompletableFuture.completedFuture(behaviour.apply(invocation))
              : CompletableFuture.supplyAsync(
                  () -> behaviour.apply(invocation),
                  CompletableFuture.delayedExecutor(latency.toMillis(), TimeUnit.MILLISECONDS));
    }
    return answer.whenComplete(
        (outcome, failure) -> {
          synchronized (this) {
            open.merge(invocation.shard(), -1, Integer::sum);
            calls.add(new Call(invocation.shard(), records, invocation.attempt(), start, clock++));
          }
        });
  }

  private record Factory(String name) implements FunctionInvoker.Factory {

    @Override
    public FunctionInvoker open(HttpTransport transport) {
      FakeFunction function = FUNCTIONS.get(name);
      return new FunctionInvoker() {
        @Override
        public CompletableFuture<Outcome> invoke(Invocation invocation) {
          return function.call(invocation);
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public String function() {
      return name;
    }

    @Override
    public Duration timeout() {
      return Duration.ofSeconds(10);
    }

    @Override
    public int maxEventSize() {
      return 1 << 20;
    }
  }

  private static final class Lines implements EnvelopeFormat {

    private static final long serialVersionUID = 1L;

    @Override
    public int frameSize(String shard) {
      return 0;
    }

    @Override
    public int sizeOf(ShardRecord record) {
      return record.toString().length() + 1;
    }

    @Override
    public byte[] render(String shard, List<ShardRecord> records) {
      return records.stream()
          .map(ShardRecord::toString)
          .collect(java.util.stream.Collectors.joining("\n"))
          .getBytes(StandardCharsets.UTF_8);
    }
  }
}
