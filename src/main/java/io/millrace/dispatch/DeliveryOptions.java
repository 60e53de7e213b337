// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import io.millrace.options.OptionException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/** How records are delivered. */
@PublicEvolving
public final class DeliveryOptions {

  /** What happens to a shard whose attempts are used up. */
  public enum OnExhausted {
    suspend,
    fail
  }

  /** What happens after a call whose answer was lost. */
  public enum UnknownFate {
    wait,
    retry
  }

  /** What happens when the target of the calls is not there. */
  public enum TargetFaults {
    probe,
    count
  }

  /** Where the delivered position is kept outside of Flink's checkpoints. */
  public enum Ledger {
    none,
    source
  }

  /** Whether deliveries wait for the ledger. */
  public enum LedgerMode {
    strict,
    pipelined
  }

  /** What becomes of suspended shards when a job starts from a savepoint or a kept checkpoint. */
  public enum OnStart {
    keep,
    resume_suspended;

    @Override
    public String toString() {
      return name().replace('_', '-');
    }
  }

  /** What a restored job makes of a ledger that is further than its state. */
  public enum OnRestore {
    resume,
    rewind
  }

  public static final ConfigOption<Integer> MAX_RECORDS =
      ConfigOptions.key("delivery.batch.max-records")
          .intType()
          .defaultValue(100)
          .withDescription("Records in one event at most.");

  public static final ConfigOption<MemorySize> MAX_BYTES =
      ConfigOptions.key("delivery.batch.max-bytes")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(4))
          .withDescription(
              "Bytes of one encoded event at most. A single record may exceed it, up to what the"
                  + " function takes.");

  public static final ConfigOption<Duration> LINGER =
      ConfigOptions.key("delivery.batch.linger")
          .durationType()
          .defaultValue(Duration.ZERO)
          .withDescription(
              "How long the first record of an event waits for more. Not needed for throughput:"
                  + " what arrives during a call makes the next event.");

  public static final ConfigOption<Duration> RETRY_INTERVAL =
      ConfigOptions.key("delivery.retry.interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(1))
          .withDescription("From a failed attempt to the next one.");

  public static final ConfigOption<Integer> MAX_ATTEMPTS =
      ConfigOptions.key("delivery.retry.max-attempts")
          .intType()
          .defaultValue(512)
          .withDescription("Failed attempts after which delivery.on-exhausted decides.");

  public static final ConfigOption<OnExhausted> ON_EXHAUSTED =
      ConfigOptions.key("delivery.on-exhausted")
          .enumType(OnExhausted.class)
          .defaultValue(OnExhausted.suspend)
          .withDescription(
              "suspend: the shard waits, with its records, until it is resumed. fail: the job"
                  + " fails and is not restarted.");

  public static final ConfigOption<Duration> PROBE_INTERVAL =
      ConfigOptions.key("delivery.suspended.probe-interval")
          .durationType()
          .defaultValue(Duration.ZERO)
          .withDescription(
              "After how long a shard whose attempts are used up is tried once more by itself; the"
                  + " interval doubles with each failure. A success lets the shard go on. 0: never;"
                  + " an operator resumes it.");

  public static final ConfigOption<Duration> MAX_PROBE_INTERVAL =
      ConfigOptions.key("delivery.suspended.max-probe-interval")
          .durationType()
          .defaultValue(Duration.ofHours(1))
          .withDescription("What delivery.suspended.probe-interval grows to at most.");

  public static final ConfigOption<OnStart> ON_START =
      ConfigOptions.key("delivery.on-start")
          .enumType(OnStart.class)
          .defaultValue(OnStart.keep)
          .withDescription(
              "When a job is started from a savepoint or a kept checkpoint. keep: what was suspended"
                  + " stays so. resume-suspended: all suspended shards go on, with fresh attempts,"
                  + " once, from the start of the job; a restart after a failure resumes nothing.");

  public static final ConfigOption<UnknownFate> UNKNOWN_FATE =
      ConfigOptions.key("delivery.unknown-fate")
          .enumType(UnknownFate.class)
          .defaultValue(UnknownFate.wait)
          .withDescription(
              "After a call whose answer was lost. wait: the next attempt is not made before"
                  + " function.timeout has passed since the launch, so that the two cannot"
                  + " overlap. retry: it is made after delivery.retry.interval.");

  public static final ConfigOption<TargetFaults> TARGET_FAULTS =
      ConfigOptions.key("delivery.target-faults")
          .enumType(TargetFaults.class)
          .defaultValue(TargetFaults.probe)
          .withDescription(
              "When the function cannot be reached at all (credentials refused, function missing,"
                  + " endpoint down). probe: all shards wait, one call at a time probes, no attempt"
                  + " is counted. count: every such call is a failed attempt.");

  public static final ConfigOption<MemorySize> BUFFER =
      ConfigOptions.key("delivery.buffer")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(64))
          .withDescription(
              "Memory for records that wait for delivery, per subtask, shared by its shards. What"
                  + " does not fit stays in the stream.");

  public static final ConfigOption<Duration> STOP_DRAIN_TIMEOUT =
      ConfigOptions.key("delivery.stop-drain-timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription(
              "How long a stop with savepoint waits for the calls under way. Must be below"
                  + " execution.checkpointing.timeout.");

  public static final ConfigOption<Duration> LEASE =
      ConfigOptions.key("delivery.lease")
          .durationType()
          .defaultValue(Duration.ofSeconds(3))
          .withDescription(
              "How long a task may launch calls without hearing from the JobManager. 2 s or more, and"
                  + " below the time in which the cluster gives a silent TaskManager up.");

  public static final ConfigOption<Ledger> LEDGER =
      ConfigOptions.key("delivery.ledger")
          .enumType(Ledger.class)
          .defaultValue(Ledger.none)
          .withDescription(
              "Where the delivered position is kept outside of Flink's checkpoints, so that a crash"
                  + " repeats little. none: nowhere. source: with the stream itself, for DataHub in"
                  + " the offsets of source.subscription.");

  public static final ConfigOption<LedgerMode> LEDGER_MODE =
      ConfigOptions.key("delivery.ledger-mode")
          .enumType(LedgerMode.class)
          .defaultValue(LedgerMode.pipelined)
          .withDescription(
              "strict: a position is in the ledger before the next event of its shard is sent, so a"
                  + " crash repeats one event of a shard at most; a ledger that fails stops"
                  + " delivery. pipelined: deliveries do not wait, so a crash repeats besides what"
                  + " was delivered while the ledger was being written.");

  public static final ConfigOption<OnRestore> ON_RESTORE =
      ConfigOptions.key("delivery.on-restore")
          .enumType(OnRestore.class)
          .defaultValue(OnRestore.resume)
          .withDescription(
              "When a job is restored from a state that is older than the ledger. resume: it goes on"
                  + " behind what the ledger says was delivered. rewind: it delivers again what"
                  + " followed the state, once, from the start of the job.");

  public static final ConfigOption<Integer> MAX_CONCURRENCY =
      ConfigOptions.key("function.max-concurrency")
          .intType()
          .defaultValue(256)
          .withDescription(
              "Calls under way at once at most, over all shards. Calls beyond it wait their turn.");

  public static final ConfigOption<Integer> SHARD_METRICS =
      ConfigOptions.key("delivery.shard-metrics")
          .intType()
          .defaultValue(64)
          .withDescription(
              "Shards of one subtask that have metrics of their own, at most. What is summed up over"
                  + " all shards, and the status, have no bound.");

  private DeliveryOptions() {}

  /** All options of delivery. */
  public static List<ConfigOption<?>> all() {
    return List.of(
        MAX_RECORDS,
        MAX_BYTES,
        LINGER,
        RETRY_INTERVAL,
        MAX_ATTEMPTS,
        ON_EXHAUSTED,
        PROBE_INTERVAL,
        MAX_PROBE_INTERVAL,
        ON_START,
        UNKNOWN_FATE,
        TARGET_FAULTS,
        BUFFER,
        STOP_DRAIN_TIMEOUT,
        LEASE,
        LEDGER,
        LEDGER_MODE,
        ON_RESTORE,
        MAX_CONCURRENCY,
        SHARD_METRICS);
  }

  /** The options of delivery that are set in {@code options}, and nothing else. */
  static Configuration copyOf(ReadableConfig options) {
    Configuration copy = new Configuration();
    for (ConfigOption<?> option : all()) {
      copy(options, option, copy);
    }
    return copy;
  }

  private static <T> void copy(ReadableConfig from, ConfigOption<T> option, Configuration to) {
    from.getOptional(option).ifPresent(value -> to.set(option, value));
  }

  /**
   * Checks all options of delivery.
   *
   * @throws OptionException naming the first one that is not accepted
   */
  public static void validate(ReadableConfig options) {
    atLeastOne(options, MAX_RECORDS);
    atLeastOne(options, MAX_ATTEMPTS);
    atLeastOne(options, MAX_CONCURRENCY);
    notNegative(options, LINGER);
    notNegative(options, RETRY_INTERVAL);
    notNegative(options, STOP_DRAIN_TIMEOUT);
    if (options.get(SHARD_METRICS) < 0) {
      throw OptionException.refused(SHARD_METRICS, options.get(SHARD_METRICS), "0 or more");
    }
    validateProbes(options);
    for (ConfigOption<MemorySize> size : List.of(MAX_BYTES, BUFFER)) {
      if (options.get(size).getBytes() < 1024) {
        throw OptionException.refused(size, options.get(size), "1 kb or more");
      }
    }
    if (options.get(LEASE).compareTo(Duration.ofSeconds(2)) < 0) {
      throw OptionException.refused(LEASE, options.get(LEASE).toMillis() + " ms", "2 s or more");
    }
    for (ConfigOption<?> option : List.of(LEDGER_MODE, ON_RESTORE)) {
      if (options.get(LEDGER) == Ledger.none && options.getOptional(option).isPresent()) {
        throw new OptionException(
            option.key() + ": is for delivery.ledger: source; without a ledger it does nothing");
      }
    }
  }

  private static void validateProbes(ReadableConfig options) {
    Duration first = options.get(PROBE_INTERVAL);
    Duration longest = options.get(MAX_PROBE_INTERVAL);
    if (!first.isZero() && first.toMillis() < 1000) {
      throw OptionException.refused(PROBE_INTERVAL, first.toMillis() + " ms", "0, or 1 s or more");
    }
    if (first.isZero() && options.getOptional(MAX_PROBE_INTERVAL).isPresent()) {
      throw new OptionException(
          MAX_PROBE_INTERVAL.key()
              + ": is for "
              + PROBE_INTERVAL.key()
              + "; without it suspended shards are not probed");
    }
    if (longest.compareTo(first) < 0) {
      throw OptionException.refused(
          MAX_PROBE_INTERVAL,
          longest.toMillis() + " ms",
          "at least " + PROBE_INTERVAL.key() + ", which is " + first.toMillis() + " ms");
    }
  }

  private static void atLeastOne(ReadableConfig options, ConfigOption<Integer> option) {
    if (options.get(option) < 1) {
      throw OptionException.refused(option, options.get(option), "1 or more");
    }
  }

  private static void notNegative(ReadableConfig options, ConfigOption<Duration> option) {
    if (options.get(option).isNegative()) {
      throw OptionException.refused(
          option, options.get(option).toMillis() + " ms", "a duration of 0 or more");
    }
  }
}
