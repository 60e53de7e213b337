// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static io.millrace.inquiry.Finding.compared;
import static io.millrace.inquiry.Finding.notAsked;
import static io.millrace.inquiry.Finding.noted;

import io.millrace.credentials.Credentials;
import io.millrace.dis.DisCalls.Entry;
import io.millrace.dis.DisCalls.Page;
import io.millrace.dis.DisCalls.Seek;
import io.millrace.dis.StreamState.Partition;
import io.millrace.dis.StreamState.Range;
import io.millrace.dis.StreamState.Status;
import io.millrace.http.HttpTransport;
import io.millrace.inquiry.ClockSkew;
import io.millrace.inquiry.Finding;
import io.millrace.inquiry.Inquiry;
import io.millrace.source.StreamException;
import io.millrace.source.StreamRefusal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks DIS what its documentation leaves open, about one stream: statuses and codes, the ends of
 * ranges, cursors, sequences, clocks. Reads a few records and writes nothing.
 */
final class DisInquiry implements Inquiry {

  private static final long ANSWER_SECONDS = 60;
  private static final String NO_SUCH_PARTITION = PartitionId.of(999999);

  private final DisStream stream;
  private final HttpTransport transport;
  private final Clock clock;
  private final DisCalls calls;

  DisInquiry(DisStream stream, HttpTransport transport, Clock clock) {
    this.stream = stream;
    this.transport = transport;
    this.clock = clock;
    this.calls = new DisCalls(stream, transport, clock);
  }

  @Override
  public void ask(Consumer<Finding> findings) {
    StreamState state = await(calls.stream());
    names(findings);
    findings.accept(clocks());
    Optional<Partition> filled =
        state.partitions().stream()
            .filter(each -> each.status() == Status.ACTIVE)
            .filter(each -> each.range().filter(range -> range.next() > range.first()).isPresent())
            .findFirst();
    if (filled.isPresent()) {
      recordsOf(filled.get().id(), filled.get().range().orElseThrow(), findings);
    } else {
      findings.accept(notAsked("records and cursors", "no active partition has records"));
    }
    findings.accept(emptyPartition(state.partitions()));
    findings.accept(partitionOutOfService(state.partitions()));
    findings.accept(expiredPartition(state.partitions()));
  }

  private void names(Consumer<Finding> findings) {
    findings.accept(
        compared(
            "a stream that is not there",
            refusal(() -> asking(stream.at("no_such_stream_x7")).stream()),
            "DIS.4301, HTTP 400"));
    findings.accept(
        compared(
            "a partition that is not there",
            refusal(() -> calls.cursor(NO_SUCH_PARTITION, Seek.TRIM_HORIZON)),
            "DIS.4302, HTTP 400"));
    if (stream.credentials().get().authToken().isEmpty()) {
      findings.accept(
          compared(
              "a signature by another key",
              refusal(() -> asking(stream.by(this::withOtherSecret)).stream()),
              "APIGW.0301, HTTP 401"));
    }
  }

  private Credentials withOtherSecret() {
    Credentials own = stream.credentials().get();
    return new Credentials(own.accessKeyId(), "not-the-secret", own.securityToken());
  }

  private Finding clocks() {
    String accepted =
        ClockSkew.accepted(
            skew -> {
              DisCalls skewed = new DisCalls(stream, transport, Clock.offset(clock, skew));
              return refusal(skewed::stream).isEmpty();
            });
    return noted("clocks off by this much are let in", accepted);
  }

  private DisCalls asking(DisStream other) {
    return new DisCalls(other, transport, clock);
  }

  // ---- records ----

  private void recordsOf(String partition, Range range, Consumer<Finding> findings) {
    findings.accept(
        compared(
            "a cursor that is none",
            refusal(() -> calls.records(partition, "no-cursor", stream.maxFetchBytes())),
            "DIS.4217, HTTP 400"));
    String first = await(calls.cursor(partition, Seek.AT_SEQUENCE_NUMBER, range.next() - 1));
    Page newest = await(calls.records(partition, first, stream.maxFetchBytes()));
    findings.accept(
        compared("a partition's range ends", endOf(range, newest), "behind its newest record"));
    findings.accept(
        compared(
            "the place behind the newest record can be sought",
            yesOr(() -> calls.cursor(partition, Seek.AT_SEQUENCE_NUMBER, next(newest, range))),
            "yes"));
    findings.accept(
        compared(
            "a sequence that is yet to come",
            refusal(
                () -> calls.cursor(partition, Seek.AT_SEQUENCE_NUMBER, next(newest, range) + 1000)),
            "DIS.4224, HTTP 400"));
    findings.accept(
        compared(
            "a time from before the retention",
            refusal(() -> calls.cursor(partition, Seek.AT_TIMESTAMP, 1)),
            "DIS.4300, HTTP 400"));
    oldest(partition, findings);
  }

  private static String endOf(Range range, Page page) {
    if (page.records().isEmpty()) {
      return "where nothing can be read";
    }
    return page.records().stream().anyMatch(entry -> entry.sequence() == range.next())
        ? "with its newest record, or one came meanwhile"
        : "behind its newest record";
  }

  private static long next(Page page, Range range) {
    return page.records().isEmpty()
        ? range.next()
        : page.records().get(page.records().size() - 1).sequence() + 1;
  }

  private void oldest(String partition, Consumer<Finding> findings) {
    String cursor = await(calls.cursor(partition, Seek.TRIM_HORIZON));
    Page page = await(calls.records(partition, cursor, stream.maxFetchBytes()));
    long gaps = 0;
    long bytes = 0;
    for (int i = 0; i < page.records().size(); i++) {
      Entry entry = page.records().get(i);
      bytes += entry.data().length();
      gaps += i > 0 && entry.sequence() != page.records().get(i - 1).sequence() + 1 ? 1 : 0;
    }
    findings.accept(
        noted(
            "the oldest " + page.records().size() + " records",
            bytes + " characters of data in one answer, " + gaps + " gaps between sequences"));
    findings.accept(noted("a cursor says", page.next().map(DisInquiry::decoded).orElse("nothing")));
  }

  private static String decoded(String cursor) {
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "something that is no URL-safe Base64";
    }
  }

  // ---- partitions ----

  private static Finding emptyPartition(List<Partition> partitions) {
    String question = "the range of a partition that never had a record";
    return partitions.stream()
        .flatMap(partition -> partition.range().stream())
        .filter(range -> range.next() == range.first())
        .findFirst()
        .map(range -> noted(question, "[" + range.first() + " : " + range.next() + "]"))
        .orElseGet(() -> notAsked(question, "every partition has records"));
  }

  private Finding partitionOutOfService(List<Partition> partitions) {
    String question = "a partition out of service that was read to its end gives";
    return with(partitions, Status.DELETED)
        .map(partition -> compared(question, lastCursor(partition.id()), "no next cursor"))
        .orElseGet(() -> notAsked(question, "no partition is out of service"));
  }

  private String lastCursor(String partition) {
    String cursor = await(calls.cursor(partition, Seek.LATEST));
    Page page = await(calls.records(partition, cursor, stream.maxFetchBytes()));
    return page.next().isPresent() ? "a next cursor" : "no next cursor";
  }

  private Finding expiredPartition(List<Partition> partitions) {
    String question = "a partition that has expired";
    return with(partitions, Status.EXPIRED)
        .map(
            partition ->
                compared(
                    question,
                    refusal(() -> calls.cursor(partition.id(), Seek.TRIM_HORIZON)),
                    "DIS.4319, HTTP 400"))
        .orElseGet(() -> notAsked(question, "no partition has expired"));
  }

  private static Optional<Partition> with(List<Partition> partitions, Status status) {
    return partitions.stream().filter(partition -> partition.status() == status).findFirst();
  }

  // ---- answers ----

  private static String yesOr(Supplier<? extends CompletableFuture<?>> question) {
    String refusal = refusal(question);
    return refusal.isEmpty() ? "yes" : refusal;
  }

  /** How DIS refused: code and status; empty when it did not. */
  private static String refusal(Supplier<? extends CompletableFuture<?>> question) {
    try {
      await(question.get());
      return "";
    } catch (StreamException e) {
      return StreamRefusal.of(e)
          .map(refusal -> refusal.code() + ", HTTP " + refusal.status())
          .orElseGet(e::getMessage);
    }
  }

  private static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StreamException refused
          ? refused
          : new StreamException(
              StreamException.Kind.UNAVAILABLE, String.valueOf(e.getCause()), e.getCause());
    }
  }
}
