// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.FakeFunction;
import io.millrace.dispatch.Outcome;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Random lives of a lane, against a model that is no more than a list: what is acknowledged is what
 * was appended and not given up, in order, without gap; retries are byte-identical; a snapshot
 * taken anywhere, with the records as they were written, is as good as the lane itself.
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
    RETRY,
    SKIP,
    SKIP_ONE,
    WRITE,
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
    private long held;
    private Suspension suspension = Suspension.NONE;
    private int discarded;
    private final List<ShardRecord> everything = new ArrayList<>();
    private final Map<Long, ShardRecord> state = new HashMap<>();
    private long stateHead;
    private long stateTail;
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
          if (!suspended()) {
            suspension = Suspension.BY_HAND;
          }
        }
        case RESUME -> resume();
        case RETRY -> retry();
        case SKIP -> {
          if (underWay == null && sealed != null) {
            skip();
          }
        }
        case SKIP_ONE -> {
          if (underWay == null && sealed != null) {
            skipOne((int) (now % lines().size()));
          }
        }
        case WRITE -> write();
        case RESTORE -> restore();
        case WAIT -> now += 700;
      }
      check();
    }

    private void append() {
      ShardRecord record = new ShardRecord("7", 1, sequence, index, now, new byte[3], false);
      appended.add(record);
      everything.add(record);
      lane.append(record, now);
    }

    private void launch() {
      boolean expected =
          underWay == null && !suspended() && acknowledged < appended.size() && now >= notBefore;
      assertThat(lane.isLaunchable(now)).isEqualTo(expected);
      if (expected) {
        underWay = lane.launch(now).orElseThrow();
        if (sealed != null) {
          assertThat(underWay).as("a retry is byte-identical").isEqualTo(sealed);
        }
        sealed = underWay;
        List<String> names = lines();
        for (int i = 0; i < names.size(); i++) {
          assertThat(names.get(i)).isEqualTo(appended.get(acknowledged + i).toString());
        }
        checkLimits(names.size());
      }
    }

    private List<String> lines() {
      return List.of(new String(sealed, StandardCharsets.UTF_8).split("\n"));
    }

    private boolean suspended() {
      return suspension != Suspension.NONE;
    }

    private void retry() {
      boolean waits =
          underWay == null
              && !suspended()
              && acknowledged < appended.size()
              && (notBefore > now || attempts > 0)
              && held <= now;
      assertThat(lane.retry(now)).isEqualTo(waits);
      if (waits) {
        notBefore = held;
      }
    }

    private void skip() {
      int count = lines().size();
      assertThat(lane.discard()).isEqualTo(appended.subList(acknowledged, acknowledged + count));
      acknowledged += count;
      discarded += count;
      sealed = null;
      lift();
    }

    /** The model lets it leave before those in front of it. */
    private void skipOne(int place) {
      lane.discard(place);
      appended.add(acknowledged, appended.remove(acknowledged + place));
      acknowledged++;
      discarded++;
      List<String> rest = new ArrayList<>(lines());
      rest.remove(place);
      sealed = rest.isEmpty() ? null : String.join("\n", rest).getBytes(StandardCharsets.UTF_8);
      lift();
    }

    private void lift() {
      attempts = 0;
      countedLoss = false;
      notBefore = held;
      if (suspension != Suspension.BY_HAND) {
        suspension = Suspension.NONE;
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
      held = 0;
      countedLoss = false;
    }

    private void fail(Outcome outcome, long hold) {
      attempts++;
      Lane.Verdict verdict = lane.fail(outcome, now, RETRY, hold);
      underWay = null;
      held = Math.max(held, hold);
      notBefore = Math.max(now + 1_000, hold);
      assertThat(verdict == Lane.Verdict.EXHAUSTED).isEqualTo(attempts >= MAX_ATTEMPTS);
      if (attempts >= MAX_ATTEMPTS && suspension != Suspension.BY_HAND) {
        suspension = Suspension.EXHAUSTED;
      }
    }

    private void resume() {
      assertThat(lane.resume()).isEqualTo(suspended());
      if (suspended()) {
        suspension = Suspension.NONE;
        attempts = 0;
        countedLoss = false;
      }
    }

    /** Writes what has changed since the last time, as the lane store does. */
    private void write() {
      for (long i = stateHead; i < Math.min(stateTail, lane.head()); i++) {
        state.remove(i);
      }
      long place = lane.head();
      for (ShardRecord record : lane.queued()) {
        if (place >= stateTail || place < lane.shiftedBelow()) {
          state.put(place, record);
        }
        place++;
      }
      stateHead = lane.head();
      stateTail = lane.tail();
    }

    /** A crash: the call under way is forgotten, all else goes on. */
    private void restore() {
      write();
      LaneSnapshot snapshot = lane.snapshot();
      List<ShardRecord> queued = new ArrayList<>();
      for (long i = snapshot.head(); i < snapshot.tail(); i++) {
        queued.add(state.get(i));
      }
      assertThat(state).hasSize(queued.size());
      lane = Lane.restore(snapshot, queued, 1, LIMITS, FakeFunction.FORMAT, 0);
      underWay = null;
      countedLoss = false;
    }

    private void check() {
      assertThat(lane.inFlight()).isEqualTo(underWay != null);
      assertThat(lane.head()).isEqualTo(acknowledged);
      assertThat(lane.tail()).isEqualTo(appended.size());
      assertThat(lane.attempts()).isEqualTo(attempts);
      assertThat(lane.snapshot().suspension()).isEqualTo(suspension);
      assertThat(List.copyOf(lane.queued()))
          .isEqualTo(appended.subList(acknowledged, appended.size()));
      if (sealed == null) {
        assertThat(lane.delivered())
            .as("all up to here has left, and nothing behind it")
            .isEqualTo(
                Optional.ofNullable(
                    lane.queued().isEmpty()
                        ? last(everything.size())
                        : last(everything.indexOf(lane.queued().iterator().next()))));
      }
      assertThat(lane.heldBytes() > 0).isEqualTo(acknowledged < appended.size());
    }

    private Position last(int before) {
      return before == 0 ? null : everything.get(before - 1).position();
    }

    private void finish() {
      lane.append(ShardRecord.endOf("7", 1), now);
      while (!lane.isDrained()) {
        if (underWay != null) {
          acknowledge();
        } else if (suspended()) {
          resume();
        } else {
          now = Math.max(now, notBefore);
          launch();
        }
        check();
      }
      assertThat(acknowledged).isEqualTo(appended.size());
      assertThat(lane.snapshot().records()).isEqualTo(appended.size() - discarded);
      assertThat(lane.snapshot().discarded()).isEqualTo(discarded);
    }
  }
}
