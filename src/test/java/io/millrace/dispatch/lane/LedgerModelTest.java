// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.FakeFunction;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.ledger.LedgerException;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Random lives of one shard with a ledger: calls and writes that are late, lost or refused, tasks
 * that die with both under way, sessions that others take, offsets that others reset, and moves by
 * an operator. Nothing is left out, a crash repeats no more than is promised, and where the shard
 * is moved to, it goes.
 */
final class LedgerModelTest {

  private static final int MAX_RECORDS = 3;

  enum Step {
    PUT,
    READ,
    ANSWER,
    FAIL,
    STORE,
    STORE_LATE,
    REFUSE,
    LOSE_ANSWER,
    CHECKPOINT,
    CRASH,
    STEAL,
    WAIT
  }

  @Provide
  Arbitrary<List<Step>> lives() {
    return Arbitraries.of(Step.class).list().ofMinSize(20).ofMaxSize(200);
  }

  @Property(tries = 1500)
  void aCrashRepeatsOneEnvelopeAndWhatTheLedgerHadNotYet(
      @ForAll("lives") List<Step> life, @ForAll boolean strict, @ForAll long seed) {
    World world = new World(strict, seed);
    life.forEach(world::take);
    world.finish();
    assertThat(world.delivered).containsExactlyElementsOf(world.all());
  }

  @Property(tries = 1500)
  void whereAnOperatorMovesItItGoes(
      @ForAll("lives") List<Step> before,
      @ForAll("lives") List<Step> after,
      @ForAll boolean byHand,
      @ForAll boolean strict,
      @ForAll long seed) {
    World world = new World(strict, seed);
    before.forEach(world::take);
    long target = new Random(seed).nextInt(world.log + 1);
    world.move(target, byHand);
    after.forEach(world::take);
    world.finish();
    assertThat(world.afterMove)
        .containsExactlyElementsOf(LongStream.range(target, world.log).boxed().toList());
  }

  /** One shard, its ledger and function, and the task that is alive. */
  private static final class World {
    private final ManualTime time = new ManualTime(1_000_000);
    private final Random random;
    private final boolean strict;
    private final Store store = new Store();
    private int log;
    private int puts;
    private Task task;
    private Saved saved = new Saved(Optional.empty(), List.of(), 0, false);

    /** Acknowledged at least once. */
    private final Set<Long> delivered = new TreeSet<>();

    /** Acknowledged since the shard arrived where it was moved to. */
    private final Set<Long> afterMove = new TreeSet<>();

    /** What may be invoked next: not below, after a crash, and not above. */
    private long lowest;

    private long next;

    /** −1 for none. */
    private long target = -1;

    private boolean arrived;
    private boolean commanded;
    private boolean commandDurable;

    World(boolean strict, long seed) {
      this.strict = strict;
      this.random = new Random(seed);
      task = new Task(this);
    }

    Set<Long> all() {
      Set<Long> all = new TreeSet<>();
      LongStream.range(0, log).forEach(all::add);
      return all;
    }

    void take(Step step) {
      switch (step) {
        case PUT -> log += 1 + puts++ % 4;
        case READ -> task.read(2);
        case ANSWER -> task.answer(true);
        case FAIL -> task.answer(false);
        case STORE -> store.next(true, true);
        case STORE_LATE -> store.shuffle(random);
        case REFUSE -> store.next(false, false);
        case LOSE_ANSWER -> store.next(true, false);
        case CHECKPOINT -> checkpoint();
        case CRASH -> crash();
        case STEAL -> store.stealOnce();
        case WAIT -> pass(1_200);
      }
      time.runSoon();
      task.pull();
      time.runSoon();
    }

    private void pass(long millis) {
      time.pass(Duration.ofMillis(millis));
      task.pull();
      time.runSoon();
    }

    private void checkpoint() {
      saved = task.save();
      commandDurable = saved.commandApplied();
    }

    private void crash() {
      // What the ledger has, or the checkpoint: the worse is not promised.
      long floor = Math.max(saved.floor(), store.position + 1);
      if (target >= 0) {
        floor = 0;
      } else if (strict) {
        assertThat(next - floor).as("repeats of one crash").isLessThanOrEqualTo(MAX_RECORDS);
      }
      lowest = Math.min(lowest, Math.min(next, floor));
      task.die();
      store.callersDie();
      task = new Task(this);
    }

    void move(long place, boolean byHand) {
      target = place;
      if (byHand) {
        store.reset(place - 1);
      } else {
        commanded = true;
      }
    }

    void invoked(List<Long> envelope) {
      long first = envelope.get(0);
      for (int i = 1; i < envelope.size(); i++) {
        assertThat(envelope.get(i)).isEqualTo(first + i);
      }
      if (target >= 0 && first == target) {
        arrived = true;
        lowest = first;
        next = first;
        afterMove.clear();
      }
      assertThat(first)
          .as("not before what is known to be delivered")
          .isGreaterThanOrEqualTo(lowest);
      assertThat(first).as("nothing is left out").isLessThanOrEqualTo(next);
      next = first;
      lowest = first;
    }

    void acknowledged(List<Long> envelope) {
      delivered.addAll(envelope);
      if (arrived) {
        afterMove.addAll(envelope);
      }
      next = envelope.get(envelope.size() - 1) + 1;
      lowest = next;
    }

    void finish() {
      for (int i = 0; i < 2000 && !isQuiet(); i++) {
        task.answer(true);
        store.next(true, true);
        task.read(2);
        time.runSoon();
        pass(1_000);
        if (i % 7 == 0) {
          checkpoint();
        }
      }
      assertThat(isQuiet()).as("all is delivered and written").isTrue();
    }

    private boolean isQuiet() {
      boolean moved = target < 0 || arrived || target == log;
      boolean done = !commanded || commandDurable;
      return moved
          && done
          && task.invocation == null
          && task.reading == log
          && task.lane().tail() == task.lane().head()
          && task.lane().state(time.now()) == Lane.State.IDLE
          && store.calls.isEmpty()
          && (store.position == log - 1 || target == log || log == 0);
    }
  }

  /** What a checkpoint has. */
  private record Saved(
      Optional<LaneSnapshot> lane, List<ShardRecord> queue, long reading, boolean commandApplied) {

    long floor() {
      return reading - queue.size();
    }
  }

  /** The store of the ledger: one shard's offset, and the calls on their way to it. */
  private static final class Store {
    private long position = -1;
    private long version;
    private long session;
    private boolean stolen;
    private final List<Call> calls = new ArrayList<>();

    private static final class Call {
      private final BooleanSupplier effect;
      private final Runnable answer;
      private final Runnable failure;
      private boolean callerDead;

      Call(BooleanSupplier effect, Runnable answer, Runnable failure) {
        this.effect = effect;
        this.answer = answer;
        this.failure = failure;
      }
    }

    /** Lets the first call on its way arrive, or fail, and be answered, or not. */
    void next(boolean arrives, boolean answered) {
      if (calls.isEmpty()) {
        return;
      }
      Call call = calls.remove(0);
      boolean done = arrives && call.effect.getAsBoolean();
      if (call.callerDead) {
        return;
      }
      if (!arrives || !answered) {
        call.failure.run();
      } else if (done) {
        call.answer.run();
      }
    }

    /** Calls of different tasks overtake each other. */
    void shuffle(Random random) {
      Collections.shuffle(calls, random);
    }

    void callersDie() {
      calls.forEach(call -> call.callerDead = true);
    }

    void stealOnce() {
      if (!stolen) {
        stolen = true;
        session++;
      }
    }

    void reset(long to) {
      position = to;
      version++;
    }
  }

  /** A client of the store, of one task. */
  private static final class Client implements DeliveryLedger {
    private final Store store;
    private long session = -1;
    private long version;

    Client(Store store) {
      this.store = store;
    }

    private static LedgerException failure(LedgerException.Kind kind) {
      return new LedgerException(kind, kind.name(), null);
    }

    @Override
    public CompletableFuture<Entry> open(String shard) {
      CompletableFuture<Entry> answer = new CompletableFuture<>();
      long[] found = new long[3];
      store.calls.add(
          new Store.Call(
              () -> {
                found[0] = ++store.session;
                found[1] = store.version;
                found[2] = store.position;
                return true;
              },
              () -> {
                session = found[0];
                version = found[1];
                answer.complete(
                    new Entry(
                        found[2] < 0
                            ? new StartPosition.Earliest()
                            : new StartPosition.After(new Position(found[2], 0, 0)),
                        version));
              },
              () -> answer.completeExceptionally(failure(LedgerException.Kind.UNAVAILABLE))));
      return answer;
    }

    @Override
    public CompletableFuture<Void> write(String shard, Position delivered) {
      CompletableFuture<Void> answer = new CompletableFuture<>();
      long mySession = session;
      long myVersion = version;
      store.calls.add(
          new Store.Call(
              () -> {
                if (store.session != mySession) {
                  answer.completeExceptionally(failure(LedgerException.Kind.STOLEN));
                  return false;
                }
                if (store.version != myVersion) {
                  answer.completeExceptionally(failure(LedgerException.Kind.MOVED));
                  return false;
                }
                store.position = delivered.sequence();
                return true;
              },
              () -> answer.complete(null),
              () -> answer.completeExceptionally(failure(LedgerException.Kind.UNAVAILABLE))));
      return answer;
    }

    @Override
    public CompletableFuture<Set<String>> moved(Collection<String> shards) {
      return CompletableFuture.completedFuture(
          store.version == version ? Set.of() : Set.copyOf(shards));
    }

    @Override
    public void close() {}
  }

  /** A task with its reader and lane, alive until it dies. */
  private static final class Task implements DispatchPort, FunctionInvoker {
    private final World world;
    private final Lease lease = new Lease(Duration.ofDays(365));
    private final Dispatcher dispatcher;
    private boolean dead;
    private long reading;
    private boolean held;
    private boolean commandApplied;
    private List<Long> invocation;
    private CompletableFuture<Outcome> answer;

    Task(World world) {
      this.world = world;
      dispatcher =
          new Dispatcher(
              new DeliveryPolicy(
                  "orders",
                  "f",
                  new BatchLimits(MAX_RECORDS, 10_000, 10_000),
                  Duration.ZERO,
                  new RetrySchedule(Duration.ofSeconds(1), 1_000_000),
                  Duration.ofSeconds(60),
                  Duration.ofSeconds(20),
                  false,
                  true,
                  false,
                  10),
              FakeFunction.FORMAT,
              this,
              this,
              lease,
              world.random,
              Optional.of(
                  new LedgerTerms(
                      new Client(world.store), "books", world.strict, false, "job", true, false)));
      Saved saved = world.saved;
      commandApplied = saved.commandApplied();
      saved.lane().ifPresent(lane -> dispatcher.adopt(lane, saved.queue(), 7));
      StartPosition next =
          saved.reading() == 0
              ? new StartPosition.Earliest()
              : new StartPosition.After(new Position(saved.reading() - 1, 0, 0));
      reading = indexOf(dispatcher.assigned("7", 7, next));
      lease.renew(world.time.now() * 1_000_000);
      pull();
    }

    private static long indexOf(StartPosition next) {
      return next instanceof StartPosition.After after ? after.position().sequence() + 1 : 0;
    }

    Lane lane() {
      return dispatcher.lanes().iterator().next();
    }

    Saved save() {
      return new Saved(
          Optional.of(lane().snapshot()), List.copyOf(lane().queued()), reading, commandApplied);
    }

    void pull() {
      if (dead) {
        return;
      }
      lease.renew(world.time.now() * 1_000_000);
      if (world.commanded && !commandApplied) {
        StartPosition place =
            world.target == 0
                ? new StartPosition.Earliest()
                : new StartPosition.After(new Position(world.target - 1, Integer.MAX_VALUE, 0));
        commandApplied = dispatcher.seek("7", 7, "c1", place);
      }
      dispatcher.obey(Blockade.Order.NONE);
    }

    void read(int records) {
      for (int i = 0; i < records && !held && reading < world.log; i++) {
        dispatcher.append(new ShardRecord("7", 7, reading++, 0, 0, new byte[5], false));
      }
    }

    void answer(boolean good) {
      if (invocation == null) {
        return;
      }
      List<Long> envelope = invocation;
      CompletableFuture<Outcome> waiting = answer;
      invocation = null;
      if (good) {
        world.acknowledged(envelope);
        waiting.complete(new Outcome.Acknowledged(Optional.empty()));
      } else {
        waiting.complete(new Outcome.RecordFault("boom", Optional.empty()));
      }
    }

    void die() {
      dead = true;
    }

    @Override
    public CompletableFuture<Outcome> invoke(Invocation call) {
      assertThat(dead).isFalse();
      assertThat(invocation).as("one call at a time").isNull();
      invocation =
          new String(call.event(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .map(line -> Long.parseLong(line.substring(2, line.indexOf('.'))))
              .toList();
      world.invoked(invocation);
      answer = new CompletableFuture<>();
      return answer;
    }

    @Override
    public void close() {}

    @Override
    public long now() {
      return world.time.now();
    }

    @Override
    public long nanoTime() {
      return world.time.now() * 1_000_000;
    }

    @Override
    public void execute(Runnable action) {
      world.time.soon(
          () -> {
            if (!dead) {
              action.run();
            }
          });
    }

    @Override
    public void wakeAt(long at) {
      world.time.at(
          at,
          () -> {
            if (!dead) {
              dispatcher.launchReady();
            }
          });
    }

    @Override
    public void changed(Lane lane) {}

    @Override
    public void drained(Lane lane) {}

    @Override
    public void blockadeChanged() {}

    @Override
    public void failJob(String message) {
      throw new AssertionError(message);
    }

    @Override
    public void holdReader(String shard) {
      held = true;
    }

    @Override
    public void releaseReader(String shard) {
      held = false;
    }

    @Override
    public void moveReader(String shard, StartPosition next) {
      reading = indexOf(next);
    }
  }
}
