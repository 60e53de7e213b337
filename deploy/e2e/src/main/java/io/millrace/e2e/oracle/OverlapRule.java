// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import io.millrace.e2e.oracle.Invocation.Fate;
import io.millrace.e2e.oracle.ShardHistory.Delivery;
import java.util.ArrayList;
import java.util.List;

/**
 * D1: while an invocation of a shard is open, or must be taken for open, no other of that shard is
 * made. It counts the later invocations of such pairs.
 *
 * <p>An invocation must be taken for open although the service knows better when its connection was
 * cut: until the function's timeout has passed since it started, its caller cannot know that it is
 * over. With {@code delivery.unknown-fate: wait} the next one must wait that long.
 *
 * <p>The pair is one <i>of unknown fate</i>, counted apart, where the earlier call was out of
 * everybody's hands: its process had been killed; or the whole job had been restarted by a crash,
 * in which nobody remembers the calls under way; or it was given up after its timeout. With {@code
 * wait} the last is a breach too, in a count of its own: the service ends a call at its timeout, so
 * a retry that overlaps it did not wait.
 */
final class OverlapRule {

  private final List<Crash> crashes;
  private final Terms terms;
  private final List<Finding> findings = new ArrayList<>();
  private long unknownFate;
  private long notWaited;

  OverlapRule(Evidence evidence) {
    this.crashes = evidence.crashes();
    this.terms = evidence.terms();
  }

  List<Finding> judge(History history) {
    for (ShardHistory shard : history.shards()) {
      List<Delivery> open = new ArrayList<>();
      for (Delivery later : shard.deliveries()) {
        judge(shard, open, later);
        open.add(later);
      }
    }
    return findings;
  }

  /** How many were counted apart. */
  long unknownFate() {
    return unknownFate;
  }

  /** How many of those no crash explains, where the job was told to wait. */
  long notWaited() {
    return notWaited;
  }

  /** How many are breaches of D1 itself. */
  long overlapping() {
    return findings.size() - notWaited;
  }

  private void judge(ShardHistory shard, List<Delivery> open, Delivery later) {
    open.removeIf(earlier -> !mayBeOpen(earlier.invocation(), later.start()));
    boolean excused = false;
    Invocation notWaitedFor = null;
    for (Delivery earlier : open) {
      if (abandoned(earlier.invocation(), later.start())) {
        boolean overlaps = earlier.invocation().openAt(later.start());
        excused |= overlaps;
        if (overlaps && terms.waits() && !orphaned(earlier.invocation(), later.start())) {
          notWaitedFor = earlier.invocation();
        }
      } else {
        findings.add(
            new Finding(
                Finding.Kind.OVERLAPPING,
                shard.shard(),
                "invocation %d at %d, while %d of %d was open or of unknown fate (%s)"
                    .formatted(
                        later.invocation().id(),
                        later.start(),
                        earlier.invocation().id(),
                        earlier.start(),
                        earlier.invocation().fate())));
        return;
      }
    }
    if (excused) {
      unknownFate++;
    }
    if (notWaitedFor != null) {
      notWaited++;
      findings.add(
          new Finding(
              Finding.Kind.NOT_WAITED,
              shard.shard(),
              "invocation %d at %d, while %d of %d, which had been given up, still ran"
                  .formatted(
                      later.invocation().id(),
                      later.start(),
                      notWaitedFor.id(),
                      notWaitedFor.start())));
    }
  }

  private boolean mayBeOpen(Invocation earlier, long time) {
    return earlier.openAt(time)
        || (terms.waits()
            && earlier.fate() == Fate.CUT
            && time < earlier.start() + terms.waitedOut());
  }

  private boolean abandoned(Invocation earlier, long time) {
    return time >= earlier.start() + terms.waitedOut() || orphaned(earlier, time);
  }

  private boolean orphaned(Invocation earlier, long time) {
    return crashes.stream().anyMatch(crash -> crash.orphaned(earlier, time));
  }
}
