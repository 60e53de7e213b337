// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.e2e.oracle.GroundTruth;
import io.millrace.e2e.oracle.GroundTruth.ShardTruth;
import io.millrace.e2e.oracle.GroundTruth.Written;
import io.millrace.e2e.oracle.Invocation;
import io.millrace.e2e.oracle.Invocation.Fate;
import io.millrace.e2e.oracle.Ledger;
import io.millrace.emulator.Journal;
import io.millrace.emulator.datahub.OffsetJournal;
import io.millrace.emulator.datahub.TopicView;
import io.millrace.emulator.dis.StreamView;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The emulators' records in the oracle's words. */
public final class JournalEvidence {

  /** {@code millrace/<version> (<pid>@<host>)}. */
  private static final Pattern CLIENT = Pattern.compile("millrace/\\S* \\((\\d+)@[^)]*\\)");

  private JournalEvidence() {}

  /** What a topic holds. */
  public static GroundTruth truth(TopicView topic) {
    return new GroundTruth(
        topic.shards().stream()
            .map(
                shard ->
                    new ShardTruth(
                        shard.id(),
                        shard.parents(),
                        topic.records(shard.id()).stream()
                            .map(record -> new Written(record.sequence(), record.partitionKey()))
                            .toList()))
            .toList());
  }

  /** What a stream of DIS holds; no partition continues another one. */
  public static GroundTruth truth(StreamView stream) {
    return new GroundTruth(
        stream.partitions().stream()
            .map(
                partition ->
                    new ShardTruth(
                        partition.id(),
                        List.of(),
                        stream.records(partition.id()).stream()
                            .map(record -> new Written(record.sequence(), record.partitionKey()))
                            .toList()))
            .toList());
  }

  /** What the function's service saw. */
  public static List<Invocation> invocations(List<Journal.Entry> entries) {
    return entries.stream()
        .map(
            entry ->
                new Invocation(
                    entry.id(),
                    entry.start(),
                    entry.end(),
                    process(entry.client()),
                    entry.body(),
                    fate(entry.outcome())))
        .toList();
  }

  /** What a subscription's service has accepted of a job, and of those who reset its offsets. */
  public static Ledger ledger(
      Ledger.Mode mode, List<OffsetJournal.Entry> entries, String subscription) {
    return new Ledger(
        mode,
        entries.stream()
            .filter(entry -> entry.accepted() && entry.action() != OffsetJournal.Action.OPEN)
            .filter(entry -> entry.subscription().equals(subscription))
            .map(entry -> new Ledger.Write(entry.at(), entry.shard(), entry.sequence()))
            .toList());
  }

  /** The pid of the calling process; of a caller that is not Millrace its whole name. */
  static String process(String client) {
    Matcher matcher = CLIENT.matcher(client);
    return matcher.matches() ? matcher.group(1) : client;
  }

  static Fate fate(String outcome) {
    return switch (outcome) {
      case "ok" -> Fate.ACKNOWLEDGED;
      case "error", "refused" -> Fate.FAILED;
      case "dropped-before", "dropped-after" -> Fate.CUT;
      case "open", "hung", "truncated", "client-gone", "gateway-timeout" -> Fate.UNKNOWN;
      default -> throw new IllegalArgumentException("the journal has an outcome " + outcome);
    };
  }
}
