// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.fault.Faults.Listed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A stream of two shards and the function of the same cloud, emulated: what tests of both pairs
 * need of them. The records are of 4 KB, so that few of them fill a small buffer.
 */
abstract sealed class EmulatedPair implements AutoCloseable {

  static final int SHARDS = 2;

  private static final String FILLER = "x".repeat(4000);
  private static final Duration COUNTED = Duration.ofMillis(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Emulator emulator;
  private final FaultTarget stream;
  private int put;

  private EmulatedPair(FaultTarget stream) {
    this.emulator = Emulator.builder().credentials("testid", "testkey").start();
    this.stream = stream;
  }

  /** The pairs that there are. */
  enum Clouds {
    DIS_FUNCTIONGRAPH,
    DATAHUB_FUNCTION_COMPUTE;

    EmulatedPair start() {
      return switch (this) {
        case DIS_FUNCTIONGRAPH -> new DisToFunctionGraph();
        case DATAHUB_FUNCTION_COMPUTE -> new DataHubToFunctionCompute();
      };
    }
  }

  final Emulator emulator() {
    return emulator;
  }

  /** The id of a shard, counted from 0. */
  abstract String shard(int number);

  /** Puts so many records into each shard; their sequences go on from 0 without a gap. */
  final void put(int records) {
    for (int shard = 0; shard < SHARDS; shard++) {
      put(shard, IntStream.range(put, put + records).mapToObj(i -> "v" + i + FILLER).toList());
    }
    put += records;
  }

  abstract void put(int shard, List<String> texts);

  /** How many records were put into each shard, which is the sequence of the next one. */
  final int next() {
    return put;
  }

  /** Lets the records of a shard before a sequence expire. */
  abstract void expire(int shard, long before);

  /** Lets every cursor that a reader holds be refused as expired, once. */
  abstract void expireCursors();

  /** A trigger from the stream to the function that may take ten minutes. */
  abstract TriggerSpec trigger(Path directory, Map<String, String> more);

  /** The sequences in an event, below its shard. */
  abstract void read(JsonNode event, Map<String, List<Long>> sequences);

  /** How the stream's cursors are sought. */
  abstract String seek();

  /** Counts how often cursors are sought from now on; the number is for {@link #counted}. */
  final long countSeeks() {
    return count(FaultRule.of(stream, FaultKind.LATENCY).onOperation(seek()));
  }

  /** Counts how often a shard is fetched from now on; the number is for {@link #counted}. */
  final long countFetches(int shard) {
    return count(
        FaultRule.of(stream, FaultKind.LATENCY).onOperation("getRecords").onShard(shard(shard)));
  }

  /** A fault counts how often it strikes, and this one hurts nobody. */
  private long count(FaultRule rule) {
    return emulator.functions().faults().add(rule.withDelay(COUNTED));
  }

  final int counted(long id) {
    return emulator.functions().faults().list(stream).stream()
        .filter(listed -> listed.id() == id)
        .mapToInt(Listed::strikes)
        .sum();
  }

  /** Of each shard the sequences that the function took, in the order of its invocations. */
  final Map<String, List<Long>> delivered() {
    return delivered(0);
  }

  /**
   * The same from an invocation on.
   *
   * @param from as the journal counts
   */
  final Map<String, List<Long>> delivered(long from) {
    Map<String, List<Long>> delivered = new TreeMap<>();
    for (Journal.Entry entry : emulator.journal().entries()) {
      if (entry.id() >= from && entry.succeeded()) {
        read(parsed(entry.body()), delivered);
      }
    }
    return delivered;
  }

  private static JsonNode parsed(String event) {
    try {
      return JSON.readTree(event.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Long> of(Map<String, List<Long>> sequences, String shard) {
    return sequences.computeIfAbsent(shard, id -> new ArrayList<>());
  }

  @Override
  public void close() {
    emulator.close();
  }

  /** From a stream of DIS to FunctionGraph. */
  private static final class DisToFunctionGraph extends EmulatedPair {

    private DisToFunctionGraph() {
      super(FaultTarget.DIS);
      emulator().dis().createStream("clicks", SHARDS);
      emulator().functionGraph().create("p1", "default", "f");
      // A gateway that gives up after 90 s, as the real one does, would answer for a longer call.
      emulator().functionGraph().setGatewayTimeout(Duration.ofMinutes(10));
    }

    @Override
    String shard(int number) {
      return "shardId-000000000" + number;
    }

    @Override
    void put(int shard, List<String> texts) {
      emulator()
          .dis()
          .put(
              "clicks",
              texts.stream()
                  .map(
                      text -> io.millrace.emulator.dis.NewRecord.of(text).toPartition(shard(shard)))
                  .toList());
    }

    @Override
    void expire(int shard, long before) {
      emulator().dis().expire("clicks", shard(shard), before);
    }

    @Override
    void expireCursors() {
      emulator().dis().forward(Duration.ofMinutes(6));
    }

    @Override
    String seek() {
      return "getPartitionCursor";
    }

    @Override
    void read(JsonNode event, Map<String, List<Long>> sequences) {
      List<Long> ofShard = of(sequences, event.path("ShardID").asText());
      for (JsonNode record : event.path("Message").path("records")) {
        ofShard.add(Long.parseLong(record.path("sequence_number").asText()));
      }
    }

    @Override
    TriggerSpec trigger(Path directory, Map<String, String> more) {
      return TriggerText.parse(
          directory,
          """
          name: clicks
          source:
            type: dis
            endpoint: %s
            project-id: p0000000000000000000000000000001
            stream: clicks
            idle-wait: 20 ms
            fetch: {max-bytes: 64 kb}
          function:
            type: functiongraph
            endpoint: %s
            urn: urn:fss:eu-de:p1:function:default:f
            timeout: 10 min
          credentials:
            access-key-id: testid
            access-key-secret: ${MILLRACE_TEST_SECRET:-testkey}
          parallelism: 2
          flink:
            execution.checkpointing.interval: 300 ms
          """
              .formatted(emulator().disEndpoint(), emulator().functionGraphEndpoint()),
          more);
    }
  }

  /** From a topic of DataHub to Function Compute. */
  private static final class DataHubToFunctionCompute extends EmulatedPair {

    private DataHubToFunctionCompute() {
      super(FaultTarget.DATAHUB);
      emulator()
          .dataHub()
          .createTopic("test_project", "orders", TopicSchema.ofStrings("v"), SHARDS, 3);
      emulator().functions().create("s", "f");
    }

    @Override
    String shard(int number) {
      return String.valueOf(number);
    }

    @Override
    void put(int shard, List<String> texts) {
      emulator()
          .dataHub()
          .put(
              "test_project",
              "orders",
              texts.stream()
                  .map(
                      text ->
                          io.millrace.emulator.datahub.NewRecord.ofTuple(text)
                              .toShard(shard(shard)))
                  .toList());
    }

    @Override
    void expire(int shard, long before) {
      emulator().dataHub().expire("test_project", "orders", shard(shard), before);
    }

    /** How long DataHub's cursors live is not documented; that they can expire is. */
    @Override
    void expireCursors() {
      for (int shard = 0; shard < SHARDS; shard++) {
        emulator()
            .functions()
            .faults()
            .add(
                FaultRule.of(FaultTarget.DATAHUB, FaultKind.EXPIRED_CURSOR)
                    .onOperation("getRecords")
                    .onShard(shard(shard))
                    .times(1));
      }
    }

    @Override
    String seek() {
      return "getCursor";
    }

    @Override
    void read(JsonNode event, Map<String, List<Long>> sequences) {
      for (JsonNode record : event.path("records")) {
        String[] id = record.path("eventId").asText().split(":", 2);
        of(sequences, id[0]).add(Long.parseLong(id[1]));
      }
    }

    @Override
    TriggerSpec trigger(Path directory, Map<String, String> more) {
      return TriggerText.parse(
          directory,
          """
          name: orders
          source:
            type: datahub
            endpoint: %s
            project: test_project
            topic: orders
            idle-wait: 20 ms
          function:
            type: function-compute
            endpoint: %s
            account-id: "12423423992"
            service: s
            function: f
            timeout: 10 min
          credentials:
            access-key-id: testid
            access-key-secret: ${MILLRACE_TEST_SECRET:-testkey}
          parallelism: 2
          flink:
            execution.checkpointing.interval: 300 ms
          """
              .formatted(emulator().dataHubEndpoint(), emulator().functionComputeEndpoint()),
          more);
    }
  }
}
