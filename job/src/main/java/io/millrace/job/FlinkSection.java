// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.dispatch.DeliveryOptions;
import io.millrace.options.OptionException;
import io.millrace.source.enumerator.Placement;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.RestartStrategyOptions.RestartStrategyType;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/** What the job needs of Flink's own configuration: defaults of ours, and what would break it. */
final class FlinkSection {

  /** Prefix of Flink's keys in a trigger. */
  static final String PREFIX = "flink.";

  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  private FlinkSection() {}

  private static final Duration FIRST_RESTART_DELAY = Duration.ofMillis(200);
  private static final Duration LONGEST_RESTART_DELAY = Duration.ofSeconds(10);
  private static final Duration RESTART_DELAY_RESET = Duration.ofSeconds(10);

  /**
   * Fills in what {@code given} leaves open: a checkpoint every 10 s, and restarts without end, the
   * first at once, those of a job that failed again within 10 s later and later, up to 10 s after
   * the failure, because a job that delivers must outlive a bad night of its cluster, and its
   * shards wait while it restarts. For the same reason a failed checkpoint is no reason to restart:
   * the next one holds all that it would have held. The last checkpoint of a job that failed or was
   * cancelled is kept: where delivery stood is nowhere else. Where state is in RocksDB, {@link
   * RocksDBFiles}.
   */
  static Configuration withDefaults(Configuration given) {
    Configuration whole = new Configuration(given);
    setUnlessGiven(whole, CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
    if (!given.contains(RestartStrategyOptions.RESTART_STRATEGY)) {
      whole.set(
          RestartStrategyOptions.RESTART_STRATEGY,
          RestartStrategyType.EXPONENTIAL_DELAY.getMainValue());
      setUnlessGiven(
          whole,
          RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
          FIRST_RESTART_DELAY);
      setUnlessGiven(
          whole,
          RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
          LONGEST_RESTART_DELAY);
      setUnlessGiven(
          whole,
          RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
          RESTART_DELAY_RESET);
    }
    setUnlessGiven(whole, CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, Integer.MAX_VALUE);
    setUnlessGiven(
        whole,
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    setUnlessGiven(whole, PipelineOptions.MAX_PARALLELISM, Placement.MAX_PARALLELISM);
    setUnlessGiven(whole, RocksDBOptions.OPTIONS_FACTORY, RocksDBFiles.class.getName());
    return whole;
  }

  private static final Pattern NAMED_KEY = Pattern.compile("for key '([^']+)'");

  private static <T> void setUnlessGiven(Configuration whole, ConfigOption<T> option, T value) {
    if (!whole.contains(option)) {
      whole.set(option, value);
    }
  }

  /**
   * Refuses what would break order, recovery or a planned stop.
   *
   * @param flink Flink's configuration as the job will have it
   * @param delivery the trigger's options
   * @throws OptionException naming key, value and what is accepted
   */
  static void check(ReadableConfig flink, ReadableConfig delivery) {
    try {
      requireJobOptions(flink);
      requireTimes(flink, delivery);
    } catch (OptionException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw unreadable(e);
    }
  }

  /** Flink's own line, which names key and value, and its reason. */
  static OptionException unreadable(IllegalArgumentException refusal) {
    String reason = refusal.getCause() == null ? "" : " " + refusal.getCause().getMessage();
    Matcher named = NAMED_KEY.matcher(refusal.getMessage());
    return new OptionException(
        PREFIX
            + (named.find() ? named.group(1) : "*")
            + ": "
            + (refusal.getMessage() + reason).replaceAll("\\s+", " "));
  }

  private static void requireJobOptions(ReadableConfig flink) {
    if (flink.get(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE)
        != CheckpointingMode.EXACTLY_ONCE) {
      throw refused(
          CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
          flink.get(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE),
          "EXACTLY_ONCE");
    }
    if (flink.get(ExecutionOptions.RUNTIME_MODE) != RuntimeExecutionMode.STREAMING) {
      throw refused(
          ExecutionOptions.RUNTIME_MODE, flink.get(ExecutionOptions.RUNTIME_MODE), "STREAMING");
    }
    if (!flink.get(PipelineOptions.OPERATOR_CHAINING)) {
      throw refused(PipelineOptions.OPERATOR_CHAINING, false, "true");
    }
    flink
        .getOptional(PipelineOptions.MAX_PARALLELISM)
        .filter(given -> given != Placement.MAX_PARALLELISM)
        .ifPresent(
            given -> {
              throw refused(
                  PipelineOptions.MAX_PARALLELISM,
                  given,
                  Placement.MAX_PARALLELISM
                      + ", which is part of the state's format; leave it out");
            });
  }

  private static void requireTimes(ReadableConfig flink, ReadableConfig delivery) {
    Duration interval = flink.get(CheckpointingOptions.CHECKPOINTING_INTERVAL);
    if (interval == null || interval.toMillis() < 10) {
      throw refused(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval, "10 ms or more");
    }
    Duration timeout = flink.get(CheckpointingOptions.CHECKPOINTING_TIMEOUT);
    Duration drain = delivery.get(DeliveryOptions.STOP_DRAIN_TIMEOUT);
    if (drain.compareTo(timeout) >= 0) {
      throw OptionException.refused(
          DeliveryOptions.STOP_DRAIN_TIMEOUT,
          seconds(drain),
          "less than "
              + PREFIX
              + CheckpointingOptions.CHECKPOINTING_TIMEOUT.key()
              + ", which is "
              + seconds(timeout));
    }
  }

  /** Keys that the trigger itself has a word for. */
  static void refuseReplaced(TriggerFile.Entry entry) {
    String key = entry.key().substring(PREFIX.length());
    if (key.equals(CoreOptions.DEFAULT_PARALLELISM.key())) {
      throw entry.refused("is not accepted; accepted: " + TriggerOptions.PARALLELISM.key());
    }
    if (key.equals(PipelineOptions.NAME.key())) {
      throw entry.refused("is not accepted; accepted: " + TriggerOptions.NAME.key());
    }
  }

  private static OptionException refused(ConfigOption<?> option, Object value, String accepted) {
    Object shown = value instanceof Duration duration ? seconds(duration) : value;
    return new OptionException(
        PREFIX + option.key() + ": '" + shown + "' is not accepted; accepted: " + accepted);
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
