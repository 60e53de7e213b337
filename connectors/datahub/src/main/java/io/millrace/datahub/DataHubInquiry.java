// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static io.millrace.inquiry.Finding.compared;
import static io.millrace.inquiry.Finding.notAsked;
import static io.millrace.inquiry.Finding.noted;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsResponse;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import io.millrace.credentials.Credentials;
import io.millrace.datahub.DataHubCalls.Cursor;
import io.millrace.datahub.DataHubCalls.Seek;
import io.millrace.datahub.DataHubOptions.Compression;
import io.millrace.datahub.DataHubOptions.Protocol;
import io.millrace.http.HttpTransport;
import io.millrace.inquiry.ClockSkew;
import io.millrace.inquiry.Finding;
import io.millrace.inquiry.Inquiry;
import io.millrace.model.Shard;
import io.millrace.source.StreamException;
import io.millrace.source.StreamRefusal;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks DataHub what its documentation leaves open, about one topic: statuses of its error codes,
 * cursors at the ends of shards, sequences, clocks. Reads a few records and writes nothing.
 */
final class DataHubInquiry implements Inquiry {

  private static final long ANSWER_SECONDS = 60;
  private static final int PAGE = 1000;
  private static final String NO_SUCH_SHARD = "999999";
  private static final String OLDEST_OF_EMPTY = "3" + "0".repeat(31);
  private static final Duration AHEAD = Duration.ofHours(1);

  private final DataHubStream stream;
  private final HttpTransport transport;
  private final Clock clock;
  private final DataHubCalls calls;
  private final Map<String, Boolean> empty = new HashMap<>();

  DataHubInquiry(DataHubStream stream, HttpTransport transport, Clock clock) {
    this.stream = stream;
    this.transport = transport;
    this.clock = clock;
    this.calls = new DataHubCalls(stream, transport, clock);
  }

  @Override
  public void ask(Consumer<Finding> findings) {
    List<Shard> shards = await(calls.shards());
    names(findings);
    clocks(findings);
    Optional<Shard> open = first(shards, true, false);
    if (open.isPresent()) {
      recordsOf(open.get().id(), findings);
    } else {
      findings.accept(notAsked("records and cursors", "no open shard has records"));
    }
    findings.accept(emptyShard(shards));
    findings.accept(closedShard(shards));
    findings.accept(children(shards));
  }

  // ---- codes ----

  private void names(Consumer<Finding> findings) {
    String project = stream.topicPath().split("/", -1)[2];
    findings.accept(
        compared(
            "a topic that is not there",
            refusal(
                () ->
                    asking(stream.at("/projects/" + project + "/topics/no_such_topic_x7")).topic()),
            "NoSuchTopic, HTTP 404"));
    findings.accept(
        compared(
            "a project that is not there",
            refusal(() -> asking(stream.at("/projects/no_such_project_x7/topics/t")).topic()),
            "NoSuchProject, HTTP 404"));
    findings.accept(
        compared(
            "a shard that is not there",
            refusal(() -> calls.cursor(NO_SUCH_SHARD, Seek.OLDEST)),
            "NoSuchShard, HTTP 404"));
    findings.accept(
        compared(
            "a signature by another key",
            refusal(() -> asking(stream.by(this::withOtherSecret)).topic()),
            "Unauthorized, HTTP 403"));
  }

  private Credentials withOtherSecret() {
    Credentials own = stream.credentials().get();
    return new Credentials(own.accessKeyId(), "not-the-secret", own.securityToken());
  }

  private void clocks(Consumer<Finding> findings) {
    String accepted =
        ClockSkew.accepted(
            skew -> {
              DataHubCalls skewed = new DataHubCalls(stream, transport, Clock.offset(clock, skew));
              return refusal(skewed::topic).isEmpty();
            });
    findings.accept(noted("clocks off by this much are let in", accepted));
  }

  private DataHubCalls asking(DataHubStream other) {
    return new DataHubCalls(other, transport, clock);
  }

  // ---- records ----

  private void recordsOf(String shard, Consumer<Finding> findings) {
    findings.accept(
        compared(
            "a cursor that is none",
            refusal(() -> calls.records(shard, "no-cursor", 1)),
            "InvalidCursor, HTTP 400"));
    findings.accept(
        compared(
            "a time to come",
            refusal(() -> calls.cursor(shard, Seek.SYSTEM_TIME, clock.millis() + AHEAD.toMillis())),
            "SeekOutOfRange, HTTP 400"));
    Cursor latest = await(calls.cursor(shard, Seek.LATEST));
    GetRecordsResponse newest = await(calls.records(shard, latest.text(), PAGE));
    findings.accept(
        compared(
            "LATEST points at",
            newest.getRecordsCount() == 0
                ? "what comes after the newest record"
                : "the newest record",
            "the newest record"));
    if (newest.getRecordsCount() > 0) {
      endOf(shard, newest, findings);
    }
    pages(shard, findings);
    findings.accept(wireForms(shard));
  }

  private void endOf(String shard, GetRecordsResponse newest, Consumer<Finding> findings) {
    RecordEntry last = newest.getRecords(newest.getRecordsCount() - 1);
    findings.accept(
        compared(
            "a fetch tells the newest sequence and its time",
            newest.getLatestSequence() >= 0 && newest.getLatestTime() >= 0 ? "yes" : "no",
            "yes"));
    String end = newest.getNextCursor();
    GetRecordsResponse nothing = await(calls.records(shard, end, 1));
    findings.accept(
        nothing.getRecordsCount() > 0
            ? notAsked("a fetch at the end", "records came meanwhile")
            : compared(
                "a fetch at the end gives",
                nothing.getNextCursor().equals(end) ? "the same cursor" : "another cursor",
                "the same cursor"));
    findings.accept(
        compared(
            "the cursor of the next sequence",
            cursorOrRefusal(() -> calls.cursor(shard, Seek.SEQUENCE, last.getSequence() + 1), end),
            "is the end"));
    findings.accept(
        compared(
            "the cursor of the sequence after the next",
            cursorOrRefusal(() -> calls.cursor(shard, Seek.SEQUENCE, last.getSequence() + 2), end),
            "SeekOutOfRange, HTTP 400"));
    findings.accept(
        compared(
            "the cursor of a millisecond after the newest record",
            cursorOrRefusal(
                () -> calls.cursor(shard, Seek.SYSTEM_TIME, last.getSystemTime() + 1), end),
            "is the end"));
  }

  private String cursorOrRefusal(Supplier<CompletableFuture<Cursor>> question, String end) {
    Cursor[] cursor = new Cursor[1];
    String refusal = refusal(() -> question.get().thenAccept(found -> cursor[0] = found));
    if (!refusal.isEmpty()) {
      return refusal;
    }
    return cursor[0].text().equals(end) ? "is the end" : "is " + cursor[0].text();
  }

  private void pages(String shard, Consumer<Finding> findings) {
    Cursor oldest = await(calls.cursor(shard, Seek.OLDEST));
    GetRecordsResponse page = await(calls.records(shard, oldest.text(), PAGE));
    int gaps = 0;
    int repeated = 0;
    for (int i = 1; i < page.getRecordsCount(); i++) {
      long step = page.getRecords(i).getSequence() - page.getRecords(i - 1).getSequence();
      gaps += step > 1 ? 1 : 0;
      repeated += step == 0 ? 1 : 0;
    }
    findings.accept(
        noted(
            "the oldest " + page.getRecordsCount() + " records",
            page.getSerializedSize()
                + " bytes in one answer, "
                + gaps
                + " gaps between sequences, "
                + repeated
                + " sequences shared"));
  }

  /** Every protocol and compression must tell of the same record. */
  private Finding wireForms(String shard) {
    String question = "protocols and compressions that are answered alike";
    StringBuilder alike = new StringBuilder();
    for (Protocol protocol : Protocol.values()) {
      for (Compression compression : Compression.values()) {
        DataHubCalls form = asking(stream.in(new WireForm(protocol, compression)));
        String refusal =
            refusal(
                () ->
                    form.cursor(shard, Seek.OLDEST)
                        .thenCompose(cursor -> form.records(shard, cursor.text(), 1)));
        if (refusal.isEmpty()) {
          alike
              .append(alike.isEmpty() ? "" : ", ")
              .append(protocol)
              .append('/')
              .append(compression);
        }
      }
    }
    return compared(
        question,
        alike.toString(),
        "protobuf/none, protobuf/lz4, protobuf/deflate, json/none, json/lz4, json/deflate");
  }

  // ---- shards ----

  private Finding emptyShard(List<Shard> shards) {
    String question = "OLDEST of a shard without records";
    return first(shards, true, true)
        .map(
            shard ->
                compared(
                    question, await(calls.cursor(shard.id(), Seek.OLDEST)).text(), OLDEST_OF_EMPTY))
        .orElseGet(() -> notAsked(question, "no open shard is empty"));
  }

  private Finding closedShard(List<Shard> shards) {
    String question = "a closed shard that was read to its end";
    Optional<Shard> closed = shards.stream().filter(shard -> !shard.open()).findFirst();
    if (closed.isEmpty()) {
      return notAsked(question, "no shard is closed");
    }
    String shard = closed.get().id();
    return compared(question, refusal(() -> readOn(shard)), "InvalidShardOperation, HTTP 400");
  }

  /** From the newest record on, until nothing more comes. */
  private CompletableFuture<?> readOn(String shard) {
    return calls
        .cursor(shard, Seek.LATEST)
        .thenCompose(latest -> calls.records(shard, latest.text(), PAGE))
        .thenCompose(newest -> calls.records(shard, newest.getNextCursor(), PAGE));
  }

  private Finding children(List<Shard> shards) {
    String question = "the first sequence of a child shard";
    return shards.stream()
        .filter(shard -> !shard.parents().isEmpty())
        .findFirst()
        .map(
            child -> {
              Cursor oldest = await(calls.cursor(child.id(), Seek.OLDEST));
              return noted(
                  question,
                  oldest.sequence() + "; 0 unless its beginning has expired, if it counts anew");
            })
        .orElseGet(() -> notAsked(question, "no shard has parents"));
  }

  private Optional<Shard> first(List<Shard> shards, boolean open, boolean empty) {
    return shards.stream()
        .filter(shard -> shard.open() == open && isEmpty(shard.id()) == empty)
        .findFirst();
  }

  private boolean isEmpty(String shard) {
    return empty.computeIfAbsent(shard, this::hasNoRecords);
  }

  private boolean hasNoRecords(String shard) {
    GetRecordsResponse oldest =
        await(
            calls
                .cursor(shard, Seek.OLDEST)
                .thenCompose(cursor -> calls.records(shard, cursor.text(), 1)));
    return oldest.getRecordsCount() == 0;
  }

  // ---- answers ----

  /** How DataHub refused: code and status; empty when it did not. */
  private static String refusal(Supplier<? extends CompletableFuture<?>> question) {
    try {
      await(question.get());
      return "";
    } catch (StreamException e) {
      return e.getCause() instanceof StreamRefusal refusal
          ? refusal.code() + ", HTTP " + refusal.status()
          : e.getMessage();
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
