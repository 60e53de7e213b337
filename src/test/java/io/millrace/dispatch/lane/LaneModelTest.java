// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.FakeFunction;
import io.millrace.dispatch.Outcome;
import io.millrace.model.ShardRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Random lives of a lane, against a model that is no more than a list: what is acknowledged is what
 * was appended, in order, without gap; retries are byte-identical; a snapshot taken anywhere is as
 * good as the lane itself.
 */
final class LaneModelTest {

  private static final int MAX_ATTEMPTS = 3;
  private static final int MAX_RECORDS = 4;
  private static final RetrySchedule RETRY = new RetrySchedule(Duration.ofSeconds(1), MAX_ATTEMPTS);
  private static final BatchLimits LIMITS = new BatchLimits(MAX_RECORDS, 60, 1000);

  enum Step {
    APPEND,
    APPEND_EQUAL,
    LAUNCH,
    ACKNOWLEDGE,
    FAIL,
    LOSE,
    THROTTLE,
    TARGET_FAULT,
    SUSPEND,
    RESUME,
    RESTORE,
    WAIT
  }

  @Provide
  Arbitrary<List<Step>> lives() {
    return Arbitraries.of(Step.class).list().ofMinSize(20).ofMaxSize(300);
  }

  @Property(tries = 2000)
  void deliversWhatWasAppended(@ForAll("lives") List<Step> life) {
    Life lived = new Life();
    life.forEach(lived::take);
    lived.finish();
  }

  private static final class Life {
    private Lane lane = new Lane("7", 1, LIMITS, FakeFunction.FORMAT, 0);
    private long now = 1_000_000;
    private final List<ShardRecord> appended = new ArrayList<>();
    private int acknowledged;
    private byte[] underWay;
    private byte[] sealed;
    private int attempts;
    private boolean countedLoss;
    private long notBefore;
    private boolean suspended;
    private long sequence = -1;
    private int index;

    void take(Step step) {
      switch (step) {
        case APPEND -> {
          sequence++;
          index = 0;
          append();
        }
        case APPEND_EQUAL -> {
          if (sequence < 0) {
            sequence = 0;
          } else {
            index++;
          }
          append();
        }
        case LAUNCH -> launch();
        case ACKNOWLEDGE -> {
          if (underWay != null) {
            acknowledge();
          }
        }
        case FAIL -> {
          if (underWay != null) {
            fail(new Outcome.RecordFault("boom", Optional.empty()), 0);
            countedLoss = false;
          }
        }
        case LOSE -> {
          if (underWay != null) {
            fail(new Outcome.UnknownFate("lost", Optional.empty()), now + 5_000);
            countedLoss = true;
          }
        }
        case THROTTLE -> {
          if (underWay != null) {
            lane.postpone(new Outcome.Throttled("busy", Optional.empty()), now, now + 300);
            notBefore = now + 300;
            underWay = null;
          }
        }
        case TARGET_FAULT -> {
          if (underWay != null) {
            lane.meetTargetFault(new Outcome.TargetFault("down", Optional.empty()), now);
            attempts -= countedLoss ? 1 : 0;
            countedLoss = false;
            underWay = null;
          }
        }
        case SUSPEND -> {
          lane.suspend("by hand", now);
          suspended = true;
        }
        case RESUME -> resume();
        case RESTORE -> restore();
        case WAIT -> now += 700;
      }
      check();
    }

    private void append() {
      ShardRecord record = new ShardRecord("7", 1, sequence, index, now, new byte[3], false);
      appended.add(record);
      lane.append(record, now);
    }

    private void launch() {
      boolean expected =
          underWay == null && !suspended && acknowledged < appended.size() && now >= notBefore;
      assertThat(lane.isLaunchable(now)).isEqualTo(expected);
      if (expected) {
        underWay = lane.launch(now).orElseThrow();
        if (sealed != null) {
          assertThat(underWay).as("a retry is byte-identical").isEqualTo(sealed);
        }
        sealed = underWay;
        String[] names = new String(underWay, StandardCharsets.UTF_8).split("\n");
        for (int i = 0; i < names.length; i++) {
          assertThat(names[i]).isEqualTo(appended.get(acknowledged + i).toString());
        }
        checkLimits(names.length);
      }
    }

    private void checkLimits(int count) {
      if (count > MAX_RECORDS) {
        assertThat(appended.subList(acknowledged, acknowledged + count))
            .as("more than the maximum only for one sequence")
            .extracting(ShardRecord::sequence)
            .containsOnly(appended.get(acknowledged).sequence());
      }
      if (count > 1) {
        assertThat(underWay.length + 1).isLessThanOrEqualTo(60);
      }
    }

    private void acknowledge() {
      acknowledged += new String(underWay, StandardCharsets.UTF_8).split("\n").length;
      lane.acknowledge();
      underWay = null;
      sealed = null;
      attempts = 0;
      notBefore = 0;
      countedLoss = false;
    }

    private void fail(Outcome outcome, long hold) {
      attempts++;
      Lane.Verdict verdict = lane.fail(outcome, now, RETRY, hold);
      underWay = null;
      notBefore = Math.max(now + 1_000, hold);
      assertThat(verdict == Lane.Verdict.EXHAUSTED).isEqualTo(attempts >= MAX_ATTEMPTS);
      suspended |= attempts >= MAX_ATTEMPTS;
    }

    private void resume() {
      assertThat(lane.resume()).isEqualTo(suspended);
      if (suspended) {
        suspended = false;
        attempts = 0;
        countedLoss = false;
      }
    }

    /** A crash: the call under way is forgotten, all else goes on. */
    private void restore() {
      lane =
          Lane.restore(
              lane.snapshot(), List.copyOf(lane.queued()), 1, LIMITS, FakeFunction.FORMAT, 0);
      underWay = null;
      countedLoss = false;
    }

    private void check() {
      assertThat(lane.inFlight()).isEqualTo(underWay != null);
      assertThat(lane.head()).isEqualTo(acknowledged);
      assertThat(lane.tail()).isEqualTo(appended.size());
      assertThat(lane.attempts()).isEqualTo(attempts);
      assertThat(lane.isSuspended()).isEqualTo(suspended);
      assertThat(lane.heldBytes() > 0).isEqualTo(acknowledged < appended.size());
    }

    private void finish() {
      lane.append(ShardRecord.endOf("7", 1), now);
      while (!lane.isDrained()) {
        if (underWay != null) {
          acknowledge();
        } else if (suspended) {
          resume();
        } else {
          now = Math.max(now, notBefore);
          launch();
        }
        check();
      }
      assertThat(acknowledged).isEqualTo(appended.size());
      assertThat(lane.snapshot().records()).isEqualTo(appended.size());
    }
  }
}
