// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import io.millrace.e2e.oracle.GroundTruth.ShardTruth;
import io.millrace.e2e.oracle.GroundTruth.Written;
import io.millrace.e2e.oracle.Invocation.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Evidence written by hand: one line of a test is one call of the function. */
final class Scene {

  /** Function timeout of every scene, in the journal's unit. */
  static final long TIMEOUT = 50_000;

  final List<ShardTruth> shards = new ArrayList<>();
  final List<Invocation> journal = new ArrayList<>();
  final List<Crash> crashes = new ArrayList<>();
  final List<Checkpoint> checkpoints = new ArrayList<>();
  final List<Ledger.Write> writes = new ArrayList<>();
  final List<Move> moves = new ArrayList<>();
  private Ledger.Mode mode = Ledger.Mode.NONE;
  private boolean waits = true;
  private String process = "1";

  Scene shard(String shard, int records, String... parents) {
    return shard(shard, records, Optional.empty(), parents);
  }

  Scene shard(String shard, int records, Optional<String> key, String... parents) {
    shards.add(
        new ShardTruth(
            shard,
            Arrays.asList(parents),
            LongStream.range(0, records).mapToObj(s -> new Written(s, key)).toList()));
    return this;
  }

  /** The calls that follow come from this process. */
  Scene by(String caller) {
    process = caller;
    return this;
  }

  Scene ok(long start, long end, String shard, long... sequences) {
    return call(start, OptionalLong.of(end), Fate.ACKNOWLEDGED, event(shard, sequences));
  }

  Scene fails(long start, long end, String shard, long... sequences) {
    return call(start, OptionalLong.of(end), Fate.FAILED, event(shard, sequences));
  }

  Scene cut(long start, long end, String shard, long... sequences) {
    return call(start, OptionalLong.of(end), Fate.CUT, event(shard, sequences));
  }

  Scene hangs(long start, String shard, long... sequences) {
    return call(start, OptionalLong.empty(), Fate.UNKNOWN, event(shard, sequences));
  }

  Scene unknown(long start, long end, String shard, long... sequences) {
    return call(start, OptionalLong.of(end), Fate.UNKNOWN, event(shard, sequences));
  }

  Scene call(long start, OptionalLong end, Fate fate, String body) {
    journal.add(new Invocation(journal.size(), start, end, process, body, fate));
    return this;
  }

  Scene checkpoint(long triggered, long complete) {
    checkpoints.add(new Checkpoint(triggered, triggered, complete, complete));
    return this;
  }

  Scene kill(long at, String victim) {
    crashes.add(Crash.ofProcess(at, at, victim));
    return this;
  }

  Scene killJob(long at, long over) {
    crashes.add(Crash.ofJob(at, over));
    return this;
  }

  /** A process that is given up, lives, and may be called again. */
  Scene giveUp(long at, long over, String victim) {
    crashes.add(Crash.ofProcessGivenUp(at, over, victim));
    return this;
  }

  /** A process that stands still, is given up, and goes on. */
  Scene freeze(long at, String victim, long thawed) {
    crashes.add(Crash.ofFrozenProcess(at, at, victim, thawed));
    return this;
  }

  /** A planned stop, after which the job goes on from a savepoint of an earlier time. */
  Scene restart(long at, long over, long triggered, boolean rewinds) {
    crashes.add(Crash.ofOldState(at, over, new Crash.State(triggered, rewinds)));
    return this;
  }

  /** With {@code delivery.unknown-fate: retry}. */
  Scene retriesAtOnce() {
    waits = false;
    return this;
  }

  Scene ledger(Ledger.Mode kept) {
    mode = kept;
    return this;
  }

  /** The ledger accepts that a shard was delivered up to a record. */
  Scene written(long at, String shard, long sequence) {
    writes.add(new Ledger.Write(at, shard, sequence));
    return this;
  }

  /** An operator moves a shard. */
  Scene move(String shard, long sequence, long asked, long durable) {
    moves.add(new Move(shard, sequence, asked, durable));
    return this;
  }

  Evidence evidence() {
    return new Evidence(
        new GroundTruth(shards),
        journal,
        crashes,
        checkpoints,
        new Terms(Duration.ofNanos(TIMEOUT * 1000), waits),
        new Ledger(mode, writes),
        moves);
  }

  Verdict judge() {
    return Oracle.judge(evidence(), EventReader.dataHub());
  }

  static String event(String shard, long... sequences) {
    return event(
        LongStream.of(sequences)
            .mapToObj(sequence -> new RecordId(shard, sequence))
            .collect(Collectors.toList()));
  }

  static String event(List<RecordId> records) {
    return records.stream()
        .map(id -> "{\"eventId\":\"" + id + "\",\"data\":\"[\\\"eventId\\\",\\\"9:9\\\"]\"}")
        .collect(Collectors.joining(",", "{\"eventSource\":\"acs:datahub\",\"records\":[", "]}"));
  }
}
