// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.bench.scenario.Pair;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.fault.Faults;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An emulated stream and what it is fed: the same record again and again. Used by one thread. */
sealed interface FedStream {

  String PROJECT = "bench";
  String READER = "bench";

  /**
   * What is to be made.
   *
   * @param shards that get records
   * @param idle shards besides
   * @param bytes of a record
   * @param delayMillis that a fetch takes longer
   */
  record Order(Pair pair, String name, int shards, int idle, int bytes, int delayMillis) {}

  /** Its service. */
  URI endpoint();

  /** What the contender is to store its positions under. */
  String subscription();

  /** Puts so many records, each shard in turn, beginning with the shard of that turn. */
  void put(long turn, int count);

  /** Deletes it with its records. */
  void delete();

  static FedStream make(Emulator emulator, Order order) {
    return switch (order.pair()) {
      case DATAHUB_FC -> Topic.make(emulator, order);
      case DIS_FUNCTIONGRAPH -> Partitions.make(emulator, order);
    };
  }

  private static void delay(Faults faults, FaultTarget target, Order order) {
    if (order.delayMillis() > 0) {
      faults.add(
          FaultRule.of(target, FaultKind.LATENCY)
              .onOperation("getRecords")
              .withDelay(Duration.ofMillis(order.delayMillis())));
    }
  }

  /** DataHub's. */
  record Topic(Emulator emulator, String name, String subscription, List<NewRecord> templates)
      implements FedStream {

    private static final TopicSchema SCHEMA =
        new TopicSchema(false, List.of(new TopicSchema.Column("payload", "STRING", false, "")));

    private static Topic make(Emulator emulator, Order order) {
      emulator
          .dataHub()
          .createTopic(PROJECT, order.name(), SCHEMA, order.shards() + order.idle(), 1);
      delay(emulator.dataHub().faults(), FaultTarget.DATAHUB, order);
      String payload = "x".repeat(order.bytes());
      List<NewRecord> templates = new ArrayList<>();
      for (int shard = 0; shard < order.shards(); shard++) {
        templates.add(NewRecord.ofTuple(payload).toShard(Integer.toString(shard)));
      }
      String subscription = emulator.dataHub().subscribe(PROJECT, order.name(), READER);
      return new Topic(emulator, order.name(), subscription, templates);
    }

    @Override
    public URI endpoint() {
      return emulator.dataHubEndpoint();
    }

    @Override
    public void put(long turn, int count) {
      List<NewRecord> batch = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        batch.add(templates.get((int) ((turn + i) % templates.size())));
      }
      emulator.dataHub().put(PROJECT, name, batch);
    }

    @Override
    public void delete() {
      emulator.dataHub().deleteTopic(PROJECT, name);
      emulator.dataHub().faults().clear(FaultTarget.DATAHUB);
    }
  }

  /** DIS's. */
  record Partitions(
      Emulator emulator, String name, List<io.millrace.emulator.dis.NewRecord> templates)
      implements FedStream {

    private static Partitions make(Emulator emulator, Order order) {
      emulator.dis().createStream(order.name(), order.shards() + order.idle());
      delay(emulator.dis().faults(), FaultTarget.DIS, order);
      byte[] data = "x".repeat(order.bytes()).getBytes(US_ASCII);
      List<io.millrace.emulator.dis.NewRecord> templates = new ArrayList<>();
      for (int shard = 0; shard < order.shards(); shard++) {
        templates.add(
            io.millrace.emulator.dis.NewRecord.of(data).toPartition(Integer.toString(shard)));
      }
      return new Partitions(emulator, order.name(), templates);
    }

    @Override
    public URI endpoint() {
      return emulator.disEndpoint();
    }

    /** An app, which Millrace makes where there is none. */
    @Override
    public String subscription() {
      return READER;
    }

    @Override
    public void put(long turn, int count) {
      List<io.millrace.emulator.dis.NewRecord> batch = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        batch.add(templates.get((int) ((turn + i) % templates.size())));
      }
      emulator.dis().put(name, batch);
    }

    @Override
    public void delete() {
      emulator.dis().deleteStream(name);
      emulator.dis().faults().clear(FaultTarget.DIS);
    }
  }
}
