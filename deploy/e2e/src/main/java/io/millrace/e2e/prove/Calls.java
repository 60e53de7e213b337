// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.oracle.EventReader;
import io.millrace.e2e.oracle.Invocation.Fate;
import io.millrace.e2e.oracle.RecordId;
import io.millrace.e2e.stage.JournalEvidence;
import io.millrace.emulator.Journal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Who calls for which shard, by the journal. */
final class Calls {

  private static final int LATEST = 5_000;

  private final Journal journal;
  private final EventReader events;

  Calls(Journal journal, EventReader events) {
    this.journal = journal;
    this.events = events;
  }

  /** An invocation in short. */
  record Call(String shard, long first, String process, long start, OptionalLong acknowledged) {}

  /** How many invocations there have been: what comes later is looked for from here on. */
  long mark() {
    return journal.size();
  }

  /** The invocations from a mark on. */
  List<Call> since(long mark) {
    return JournalEvidence.invocations(journal.entries(mark)).stream()
        .map(
            invocation -> {
              RecordId first = events.records(invocation.body()).get(0);
              return new Call(
                  first.shard(),
                  first.sequence(),
                  invocation.process(),
                  invocation.start(),
                  invocation.fate() == Fate.ACKNOWLEDGED ? invocation.end() : OptionalLong.empty());
            })
        .toList();
  }

  /** Those of some shards whose last invocation, of the latest from a mark on, a process made. */
  Set<String> shardsOf(long pid, List<String> shards, long mark) {
    Map<String, String> owners = new HashMap<>();
    for (Call call : since(Math.max(mark, mark() - LATEST))) {
      owners.put(call.shard(), call.process());
    }
    Set<String> owned = new TreeSet<>(shards);
    owned.removeIf(shard -> !Long.toString(pid).equals(owners.get(shard)));
    return owned;
  }

  /** When each of some shards was first acknowledged again, by calls that satisfy a condition. */
  Map<String, Long> acknowledged(Set<String> shards, long mark, Predicate<Call> which) {
    Map<String, Long> first = new HashMap<>();
    for (Call call : since(mark)) {
      if (call.acknowledged().isPresent() && shards.contains(call.shard()) && which.test(call)) {
        first.merge(call.shard(), call.acknowledged().getAsLong(), Math::min);
      }
    }
    return first;
  }
}
