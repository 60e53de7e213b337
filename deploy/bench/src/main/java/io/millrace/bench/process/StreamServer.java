// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.process;

import io.millrace.emulator.Emulator;
import io.millrace.emulator.TlsMaterial;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The emulated DataHub with one topic at a time, and what fills it. A process of its own. Orders:
 *
 * <ul>
 *   <li>{@code open TOPIC SHARDS BYTES MILLIS on|off}: makes a topic whose fetches take so much
 *       longer, over TLS or not; the one before is deleted. Answers with the service's address and
 *       the id of a subscription
 *   <li>{@code put COUNT}: puts records, each shard in turn
 *   <li>{@code pace RATE MILLIS FILE}: puts so many records a second for so long, and writes shard,
 *       sequence and time of each
 * </ul>
 */
public final class StreamServer {

  static final String PROJECT = "bench";

  private static final int AT_ONCE = 500;
  private static final TopicSchema SCHEMA =
      new TopicSchema(false, List.of(new TopicSchema.Column("payload", "STRING", false, "")));

  private final Emulator plain;
  private final Emulator secure;
  private Emulator emulator;
  private String topic = "";
  private List<NewRecord> templates = List.of();
  private long written;

  private StreamServer(TlsMaterial tls) {
    plain = Emulator.builder().start();
    secure = Emulator.builder().tls(Optional.of(tls)).start();
    emulator = plain;
  }

  /**
   * Serves until standard input ends.
   *
   * @param arguments key store and its password
   */
  public static void main(String[] arguments) throws IOException {
    StreamServer server = new StreamServer(new TlsMaterial(Path.of(arguments[0]), arguments[1]));
    Orders.serve(server::carryOut);
  }

  private String carryOut(String verb, List<String> arguments) throws Exception {
    return switch (verb) {
      case "open" ->
          open(
              arguments.get(0),
              Integer.parseInt(arguments.get(1)),
              Integer.parseInt(arguments.get(2)),
              Integer.parseInt(arguments.get(3)),
              arguments.get(4).equals("on"));
      case "put" -> {
        put(Long.parseLong(arguments.get(0)));
        yield "";
      }
      case "pace" -> {
        pace(
            Integer.parseInt(arguments.get(0)),
            Long.parseLong(arguments.get(1)),
            Path.of(arguments.get(2)));
        yield "";
      }
      default -> throw new IllegalArgumentException("no order: " + verb);
    };
  }

  private String open(String name, int shards, int bytes, int millis, boolean tls) {
    if (!topic.isEmpty()) {
      emulator.dataHub().deleteTopic(PROJECT, topic);
      emulator.dataHub().faults().clear(FaultTarget.DATAHUB);
    }
    emulator = tls ? secure : plain;
    topic = name;
    written = 0;
    String payload = "x".repeat(bytes);
    templates = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      templates.add(NewRecord.ofTuple(payload).toShard(Integer.toString(shard)));
    }
    emulator.dataHub().createTopic(PROJECT, topic, SCHEMA, shards, 1);
    if (millis > 0) {
      emulator
          .dataHub()
          .faults()
          .add(
              FaultRule.of(FaultTarget.DATAHUB, FaultKind.LATENCY)
                  .onOperation("getRecords")
                  .withDelay(Duration.ofMillis(millis)));
    }
    String subscription = emulator.dataHub().subscribe(PROJECT, topic, "bench");
    return emulator.dataHubEndpoint() + " " + subscription;
  }

  private void put(long count) {
    List<NewRecord> batch = new ArrayList<>(AT_ONCE);
    for (long left = count; left > 0; left -= batch.size()) {
      batch.clear();
      for (int i = 0; i < Math.min(left, AT_ONCE); i++) {
        batch.add(templates.get((int) (written++ % templates.size())));
      }
      emulator.dataHub().put(PROJECT, topic, batch);
    }
  }

  private void pace(int rate, long millis, Path file) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long count = rate * millis / 1000;
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
      for (long i = 0; i < count; i++) {
        long due = begin + i * 1_000_000_000L / rate;
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        int shard = (int) (written % templates.size());
        long sequence = written / templates.size();
        long at = Micros.now();
        put(1);
        out.println(shard + " " + sequence + " " + at);
      }
    }
  }
}
