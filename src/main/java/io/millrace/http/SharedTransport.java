// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import io.millrace.http.HttpFailure.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The transports of this JVM, one for each scope (a job), shared by all of its subtasks: opened by
 * the first that asks, closed with the last that gives it back. Nothing stays behind after that, so
 * a session cluster can unload the job's classes.
 */
public final class SharedTransport {

  private static final SharedTransport OF_THIS_JVM = new SharedTransport(JettyTransport::new);

  private final Function<HttpSettings, HttpTransport> open;
  private final Map<String, Shared> byScope = new HashMap<>();

  SharedTransport(Function<HttpSettings, HttpTransport> open) {
    this.open = open;
  }

  /**
   * The transport of a scope. Whoever asked must close what it got, once; that gives up its share
   * and no more.
   *
   * @param scope for example a job's id
   * @param settings count for the first who asks
   */
  public static HttpTransport acquire(String scope, HttpSettings settings) {
    return OF_THIS_JVM.share(scope, settings);
  }

  synchronized HttpTransport share(String scope, HttpSettings settings) {
    Shared shared = byScope.computeIfAbsent(scope, s -> new Shared(open.apply(settings)));
    shared.users++;
    return new Share(scope, shared.transport);
  }

  private void giveBack(String scope) {
    HttpTransport unused = null;
    synchronized (this) {
      Shared shared = byScope.get(scope);
      if (--shared.users == 0) {
        byScope.remove(scope);
        unused = shared.transport;
      }
    }
    if (unused != null) {
      unused.close();
    }
  }

  private static final class Shared {
    final HttpTransport transport;
    int users;

    Shared(HttpTransport transport) {
      this.transport = transport;
    }
  }

  /**
   * What one user holds. Its calls end with it: the transport lives on with the user's neighbours,
   * and a call that still waits for a connection would else be sent after the user's successor
   * began.
   */
  private final class Share implements HttpTransport {
    private final String scope;
    private final HttpTransport transport;
    private final Set<CompletableFuture<HttpAnswer>> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    Share(String scope, HttpTransport transport) {
      this.scope = scope;
      this.transport = transport;
    }

    @Override
    public CompletableFuture<HttpAnswer> send(HttpCall call) {
      return send(call, () -> true);
    }

    @Override
    public CompletableFuture<HttpAnswer> send(HttpCall call, BooleanSupplier permit) {
      if (closed.get()) {
        return CompletableFuture.failedFuture(
            new HttpFailure(Kind.CLOSED, call.uri() + ": the transport was given back", null));
      }
      CompletableFuture<HttpAnswer> answer = transport.send(call, permit);
      underWay.add(answer);
      var unused = answer.whenComplete((got, failure) -> underWay.remove(answer));
      if (closed.get()) {
        // Closed in between, and perhaps too early to be seen there.
        answer.cancel(false);
      }
      return answer;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        underWay.forEach(answer -> answer.cancel(false));
        giveBack(scope);
      }
    }
  }
}
