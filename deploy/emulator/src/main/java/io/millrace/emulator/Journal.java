// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every invocation that reached the function service, in the order of arrival, with start, end and
 * body: the evidence by which order is judged.
 *
 * <p>An invocation starts when its request has arrived completely and before its function runs. It
 * ends when the function has returned, before the answer is written: a caller that has read an
 * answer can only start its next invocation after that end. If the answer then cannot be written,
 * the invocation's outcome becomes {@code client-gone}, its end stays.
 *
 * <p>All of it is in memory; a copy goes to a file, one JSON object a line, if one is given. Safe
 * for use by several threads.
 */
public final class Journal implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final JsonFactory JSON = new JsonFactory();
  private static final long POLL_MILLIS = 10;

  private final long origin = System.nanoTime();
  private final Object lock = new Object();
  private final List<Invocation> invocations = new ArrayList<>();
  private final Optional<Copy> copy;

  /**
   * Opens an empty journal.
   *
   * @param file gets a copy; replaced if it exists
   * @throws UncheckedIOException if the file cannot be written
   */
  Journal(Optional<Path> file) {
    copy = file.map(Copy::new);
  }

  /**
   * One invocation.
   *
   * @param id counted from 0 in the order of arrival
   * @param start when the request had arrived, in {@link Journal#now}'s time
   * @param end when the function had returned; absent while it runs
   * @param client the request's {@code User-Agent}
   * @param remote the caller's address and port
   * @param body the event
   * @param status of the HTTP answer; 0 while there is none
   * @param outcome {@code open}, {@code ok}, {@code error}, {@code refused}, {@code
   *     dropped-before}, {@code dropped-after}, {@code hung}, {@code truncated} or {@code
   *     client-gone}
   * @param ran whether the function was started
   * @param answered whether an answer was given
   */
  public record Entry(
      long id,
      long start,
      OptionalLong end,
      String service,
      String function,
      String requestId,
      String client,
      String remote,
      String body,
      int status,
      String outcome,
      boolean ran,
      boolean answered) {

    /** Whether the function returned without an error and the answer could be written. */
    public boolean succeeded() {
      return outcome.equals("ok");
    }
  }

  /** Microseconds on the journal's clock, which never goes back. */
  public long now() {
    return (System.nanoTime() - origin) / 1000;
  }

  /** The number of invocations so far. */
  public int size() {
    synchronized (lock) {
      return invocations.size();
    }
  }

  /** All invocations so far. */
  public List<Entry> entries() {
    return entries(0);
  }

  /** The invocations from a number on. */
  public List<Entry> entries(long from) {
    return snapshot(from).stream().map(Invocation::entry).toList();
  }

  /** The invocations that began at a moment of {@link #now}'s time or later. */
  public List<Entry> since(long moment) {
    int first = 0;
    synchronized (lock) {
      int beyond = invocations.size();
      while (first < beyond) {
        int middle = (first + beyond) >>> 1;
        if (invocations.get(middle).start < moment) {
          first = middle + 1;
        } else {
          beyond = middle;
        }
      }
    }
    return entries(first);
  }

  /** The number of invocations that are open now. */
  public long open() {
    return snapshot(0).stream().filter(invocation -> !invocation.ended()).count();
  }

  /**
   * Waits until the invocations so far satisfy a condition.
   *
   * @throws TimeoutException if they do not within the time given
   */
  public List<Entry> await(Predicate<List<Entry>> condition, Duration atMost)
      throws InterruptedException, TimeoutException {
    await(() -> condition.test(entries()), atMost);
    return entries();
  }

  /** Waits for a number of invocations, whatever became of them. */
  public List<Entry> awaitSize(int size, Duration atMost)
      throws InterruptedException, TimeoutException {
    await(() -> size() >= size, atMost);
    return entries();
  }

  private void await(BooleanSupplier condition, Duration atMost)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException(
            "not within " + atMost + "; " + size() + " invocations in the journal");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** Writes the invocations from a number on as lines: all starts and ends, ordered by time. */
  public void write(long from, Writer out) throws IOException {
    record Line(long at, String text) {}
    List<Line> lines = new ArrayList<>();
    for (Entry entry : entries(from)) {
      lines.add(new Line(entry.start(), startLine(entry)));
      entry.end().ifPresent(end -> lines.add(new Line(end, endLine(entry))));
    }
    lines.sort((a, b) -> Long.compare(a.at(), b.at()));
    for (Line line : lines) {
      out.write(line.text());
      out.write('\n');
    }
  }

  /** Closes the copy. */
  @Override
  public void close() {
    copy.ifPresent(Copy::close);
  }

  /** Enters an invocation that has arrived. */
  public Invocation start(
      String service,
      String function,
      String requestId,
      String client,
      String remote,
      byte[] body) {
    synchronized (lock) {
      Invocation started =
          new Invocation(
              invocations.size(), now(), service, function, requestId, client, remote, body);
      invocations.add(started);
      copy.ifPresent(file -> file.append(() -> startLine(started.entry())));
      return started;
    }
  }

  private List<Invocation> snapshot(long from) {
    synchronized (lock) {
      int first = (int) Math.min(Math.max(from, 0), invocations.size());
      return List.copyOf(invocations.subList(first, invocations.size()));
    }
  }

  private static String startLine(Entry entry) {
    return line(
        out -> {
          out.writeStringField("type", "start");
          out.writeNumberField("id", entry.id());
          out.writeNumberField("at", entry.start());
          out.writeStringField("service", entry.service());
          out.writeStringField("function", entry.function());
          out.writeStringField("requestId", entry.requestId());
          out.writeStringField("client", entry.client());
          out.writeStringField("remote", entry.remote());
          out.writeStringField("body", entry.body());
        });
  }

  private static String endLine(Entry entry) {
    return line(
        out -> {
          out.writeStringField("type", "end");
          out.writeNumberField("id", entry.id());
          out.writeNumberField("at", entry.end().orElseThrow());
          out.writeNumberField("status", entry.status());
          out.writeStringField("outcome", entry.outcome());
          out.writeBooleanField("ran", entry.ran());
          out.writeBooleanField("answered", entry.answered());
        });
  }

  private static String line(Fields fields) {
    StringWriter text = new StringWriter(256);
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      fields.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private interface Fields {
    void write(JsonGenerator out) throws IOException;
  }

  /** One invocation while it lasts. */
  public final class Invocation {

    private final long id;
    private final long start;
    private final String service;
    private final String function;
    private final String requestId;
    private final String client;
    private final String remote;
    private final byte[] body;
    private volatile Ending ending = Ending.NONE;

    private Invocation(
        long id,
        long start,
        String service,
        String function,
        String requestId,
        String client,
        String remote,
        byte[] body) {
      this.id = id;
      this.start = start;
      this.service = service;
      this.function = function;
      this.requestId = requestId;
      this.client = client;
      this.remote = remote;
      this.body = body;
    }

    /** Enters the end; to be called before the answer is written. */
    public void end(int status, String outcome, boolean ran, boolean answered) {
      end(new Ending(OptionalLong.of(now()), status, outcome, ran, answered));
    }

    /** Corrects an end that was entered: its answer could not be written. */
    public void clientGone() {
      Ending known = ending;
      end(new Ending(known.at(), known.status(), "client-gone", known.ran(), false));
    }

    private void end(Ending known) {
      ending = known;
      Entry ended = entry(known);
      copy.ifPresent(file -> file.append(() -> endLine(ended)));
    }

    private boolean ended() {
      return ending.at().isPresent();
    }

    private Entry entry() {
      return entry(ending);
    }

    private Entry entry(Ending known) {
      return new Entry(
          id,
          start,
          known.at(),
          service,
          function,
          requestId,
          client,
          remote,
          new String(body, StandardCharsets.UTF_8),
          known.status(),
          known.outcome(),
          known.ran(),
          known.answered());
    }
  }

  private record Ending(
      OptionalLong at, int status, String outcome, boolean ran, boolean answered) {

    static final Ending NONE = new Ending(OptionalLong.empty(), 0, "open", false, false);
  }

  /** The file, written by a thread of its own so that no invocation waits for the disk. */
  private static final class Copy implements Closeable {

    /** Lines still to be rendered; an absent one is the last. */
    private final BlockingQueue<Optional<Supplier<String>>> lines = new LinkedBlockingQueue<>();

    private final Thread writer;

    Copy(Path file) {
      BufferedWriter out;
      try {
        out = Files.newBufferedWriter(file);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write the journal to " + file, e);
      }
      writer = new Thread(() -> write(file, out), "emulator-journal");
      writer.setDaemon(true);
      writer.start();
    }

    void append(Supplier<String> line) {
      lines.add(Optional.of(line));
    }

    private void write(Path file, BufferedWriter out) {
      try (out) {
        for (var line = lines.take(); line.isPresent(); line = lines.take()) {
          out.write(line.get().get());
          out.write('\n');
          if (lines.isEmpty()) {
            out.flush();
          }
        }
      } catch (IOException e) {
        LOG.error("The journal's copy {} ends here", file, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      lines.add(Optional.empty());
      try {
        writer.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
