// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.client.ByteBufferRequestContent;
import org.eclipse.jetty.client.ContinueProtocolHandler;
import org.eclipse.jetty.client.EarlyHintsProtocolHandler;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.ProcessingProtocolHandler;
import org.eclipse.jetty.client.ProtocolHandlers;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transport on Jetty's HTTP/1.1 client, with everything switched off that could send a request
 * twice or change it: redirects, authentication, cookies, content coding.
 *
 * <p>Jetty itself never re-sends a request that reached a connection: it moves one to another
 * connection only when the first turned out to be timed out before the request was bound to it.
 *
 * <p>Owns a handful of daemon threads named {@code millrace-http-…}; {@link #close} ends them all.
 */
public final class JettyTransport implements HttpTransport {

  private static final Logger LOG = LoggerFactory.getLogger(JettyTransport.class);

  /** Below what servers and load balancers grant idle connections (60 s and more are usual). */
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(20);

  private static final int SELECTORS = 2;
  private static final int MAX_THREADS = 8;
  private static final int MAX_RESOLVER_THREADS = 2;

  /** Every lane of a subtask may wait for a connection; a lane has one call at most. */
  private static final int MAX_WAITING_CALLS = 1 << 20;

  /** Security tokens are long: up to a few KB. */
  private static final int MAX_HEADER_BYTES = 32 * 1024;

  /** Heap bytes cross into a direct buffer of this size at most, which the JDK keeps per thread. */
  private static final int BODY_SLICE = 128 * 1024;

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final HttpClient client;
  private final ThreadPoolExecutor resolver;
  private final HttpSettings settings;
  private final LongSupplier nanoTime;
  private volatile boolean closed;

  /** A transport that trusts what the JVM trusts. */
  public JettyTransport(HttpSettings settings) {
    this(settings, Optional.empty());
  }

  /**
   * @param tls whom to trust, instead of whom the JVM trusts; host names are verified all the same
   */
  public JettyTransport(HttpSettings settings, Optional<SSLContext> tls) {
    this(settings, tls, name -> new ScheduledExecutorScheduler(name, true), System::nanoTime);
  }

  /**
   * @param timers make the scheduler that ends what takes too long, by the name of its threads
   * @param nanoTime the clock that the scheduler goes by, like {@link System#nanoTime}
   */
  JettyTransport(
      HttpSettings settings,
      Optional<SSLContext> tls,
      Function<String, Scheduler> timers,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.nanoTime = nanoTime;
    String name = "millrace-http-" + NUMBER.incrementAndGet();

    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1);
    threads.setName(name);
    threads.setDaemon(true);
    threads.setReservedThreads(0);
    threads.setStopTimeout(1000);

    SslContextFactory.Client trust = new SslContextFactory.Client();
    tls.ifPresent(trust::setSslContext);

    ClientConnector connector = new CallConnector();
    connector.setSelectors(SELECTORS);
    connector.setSslContextFactory(trust);
    connector.setConnectTimeout(settings.connectTimeout());
    connector.setIdleTimeout(IDLE_TIMEOUT);

    resolver = resolver(name);
    Scheduler timer = timers.apply(name + "-timer");

    client = new HttpClient(new HttpClientTransportOverHTTP(connector));
    client.setName(name);
    client.setExecutor(threads);
    client.setScheduler(timer);
    client.setSocketAddressResolver(
        new SocketAddressResolver.Async(resolver, timer, settings.connectTimeout().toMillis()));
    client.setMaxConnectionsPerDestination(settings.maxConnectionsPerHost());
    client.setMaxRequestsQueuedPerDestination(MAX_WAITING_CALLS);
    client.setMaxRequestHeadersSize(MAX_HEADER_BYTES);
    client.setFollowRedirects(false);
    client.setUserAgentField(null);
    client.setDefaultRequestContentType(null);
    client.setHttpCookieStore(new HttpCookieStore.Empty());
    try {
      client.start();
    } catch (Exception e) {
      resolver.shutdownNow();
      throw new IllegalStateException("cannot start the HTTP client: " + e.getMessage(), e);
    }
    // Only informational answers (1xx) stay Jetty's own business.
    ProtocolHandlers handlers = client.getProtocolHandlers();
    handlers.clear();
    handlers.put(new ContinueProtocolHandler());
    handlers.put(new ProcessingProtocolHandler());
    handlers.put(new EarlyHintsProtocolHandler());
    client.getContentDecoderFactories().clear();
  }

  /**
   * Names are resolved off the pool that completes answers, because the JDK blocks while it does.
   */
  private static ThreadPoolExecutor resolver(String name) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            MAX_RESOLVER_THREADS,
            MAX_RESOLVER_THREADS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name + "-resolver");
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  @Override
  public CompletableFuture<HttpAnswer> send(HttpCall call) {
    return send(call, () -> true);
  }

  @Override
  public CompletableFuture<HttpAnswer> send(HttpCall call, BooleanSupplier permit) {
    JettyCall pending =
        new JettyCall(call, settings, client.getScheduler(), () -> closed, permit, nanoTime);
    if (closed) {
      pending.refuse();
      return pending.answer();
    }
    try {
      Request request = request(call);
      request.onRequestListener(pending);
      pending.cancelWith(request);
      pending.endWithin(call.timeout(), request);
      request.send(pending);
    } catch (RuntimeException e) {
      // An address that is no address, or a client that was closed in between.
      pending.fail(e);
    }
    return pending.answer();
  }

  private Request request(HttpCall call) {
    URI uri = call.uri();
    Request request =
        client
            .newRequest(uri)
            .method(call.method())
            // The call's own timeout ends it, see JettyCall; silence on the wire does not.
            .idleTimeout(0, TimeUnit.MILLISECONDS);
    String contentType = null;
    for (Map.Entry<String, String> header : call.headers()) {
      if (header.getKey().equalsIgnoreCase("Content-Type")) {
        contentType = header.getValue();
      }
      request.headers(fields -> fields.add(header.getKey(), header.getValue()));
    }
    if (call.body().length > 0) {
      request.body(new ByteBufferRequestContent(contentType, slices(call.body())));
    }
    return request;
  }

  private static List<ByteBuffer> slices(byte[] body) {
    List<ByteBuffer> slices = new ArrayList<>(1 + body.length / BODY_SLICE);
    for (int from = 0; from < body.length; from += BODY_SLICE) {
      slices.add(ByteBuffer.wrap(body, from, Math.min(BODY_SLICE, body.length - from)).slice());
    }
    return slices;
  }

  @Override
  public void close() {
    closed = true;
    try {
      client.stop();
    } catch (LinkageError e) {
      // A TaskManager that shuts down takes the job's classes away while its tasks still run. Jetty
      // then finds no class to close with, and the process is about to end anyway; an error thrown
      // from here would be taken for a fatal one of Flink's.
      LOG.debug("the job's classes are gone; its connections end with the process", e);
    } catch (Exception e) {
      throw new IllegalStateException("cannot stop the HTTP client: " + e.getMessage(), e);
    } finally {
      resolver.shutdownNow();
    }
  }

  /** Makes connections that know whether a request may leave for the wire, and whether it has. */
  private static final class CallConnector extends ClientConnector {
    @Override
    protected EndPoint newEndPoint(
        SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
      return new CallEndPoint((SocketChannel) channel, selector, key, getScheduler());
    }
  }
}
