// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.DeliveryOptions;
import io.millrace.dispatch.DeliveryOptions.Ledger;
import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.dispatch.FunctionConnector;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.http.HttpSettings;
import io.millrace.job.TriggerFile.Entry;
import io.millrace.job.TriggerOptions.Start;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.model.StartPosition;
import io.millrace.options.OptionException;
import io.millrace.source.SourceOptions;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamConnector;
import io.millrace.source.enumerator.Placement;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;

/**
 * A trigger that has been found valid: which stream feeds which function, and how. Holds references
 * to secrets and no secret. Reading one does no I/O but reading the file.
 *
 * @param name of the trigger and of its job
 * @param parallelism of the job
 * @param options every key that was given and is not Flink's
 * @param flink Flink's keys as given, without their prefix; defaults are not in it
 * @param start where reading begins when there is no state
 * @param source opens clients of the stream
 * @param format of the events
 * @param ledger opens the ledger; empty for none
 * @param function opens invokers of the function
 * @param sourceCredentials for the stream
 * @param functionCredentials for the function
 */
@PublicEvolving
public record TriggerSpec(
    String name,
    int parallelism,
    ReadableConfig options,
    Configuration flink,
    StartPosition start,
    StreamClient.Factory source,
    EnvelopeFormat format,
    Optional<DeliveryLedger.Factory> ledger,
    FunctionInvoker.Factory function,
    CredentialsProvider sourceCredentials,
    CredentialsProvider functionCredentials) {

  /** By how much this machine's clock may be behind. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(15);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /**
   * Reads a trigger file.
   *
   * @param file YAML
   * @param overrides flat keys and their values, which win over the file's
   * @throws OptionException for the first thing that is wrong: where it stands, key, value and what
   *     is accepted
   */
  public static TriggerSpec parse(Path file, Map<String, String> overrides) {
    Map<String, Entry> entries = TriggerFile.read(file, overrides);
    try {
      return from(entries);
    } catch (OptionException e) {
      throw located(e, entries, file);
    }
  }

  private static TriggerSpec from(Map<String, Entry> entries) {
    StreamConnector stream = Connectors.stream(entries);
    FunctionConnector function = Connectors.function(entries);
    OptionCatalog catalog = catalog(stream, function);

    // Credentials first: a secret must not be shown by any other complaint about its value.
    CredentialsProvider sourceCredentials = CredentialsSection.source(entries, stream);
    CredentialsProvider functionCredentials = CredentialsSection.function(entries, function);

    Configuration options = new Configuration();
    Configuration flink = new Configuration();
    for (Entry entry : entries.values()) {
      if (entry.key().startsWith(FlinkSection.PREFIX)) {
        FlinkSection.refuseReplaced(entry);
        flink.setString(entry.key().substring(FlinkSection.PREFIX.length()), entry.value());
      } else {
        catalog.check(entry);
        options.setString(entry.key(), entry.value());
      }
    }

    SourceOptions.validate(options);
    DeliveryOptions.validate(options);
    requireConnectTimeout(options);
    FlinkSection.check(FlinkSection.withDefaults(flink), options);
    StreamClient.Factory source = stream.client(options, sourceCredentials);
    return new TriggerSpec(
        name(options),
        parallelism(options),
        options,
        flink,
        start(options, source),
        source,
        stream.format(options),
        ledger(options, stream, sourceCredentials),
        function.invoker(options, functionCredentials),
        sourceCredentials,
        functionCredentials);
  }

  private static OptionCatalog catalog(StreamConnector stream, FunctionConnector function) {
    List<ConfigOption<?>> options = new ArrayList<>(TriggerOptions.all());
    options.addAll(stream.options());
    options.addAll(SourceOptions.all());
    options.addAll(function.options());
    options.addAll(DeliveryOptions.all());
    return new OptionCatalog(options);
  }

  private static String name(ReadableConfig options) {
    String accepted = "letters, digits, '.', '_' and '-', 128 at most, the first a letter or digit";
    String name =
        options
            .getOptional(TriggerOptions.NAME)
            .orElseThrow(() -> OptionException.missing(TriggerOptions.NAME, accepted));
    if (!NAME.matcher(name).matches()) {
      throw OptionException.refused(TriggerOptions.NAME, name, accepted);
    }
    return name;
  }

  private static int parallelism(ReadableConfig options) {
    int parallelism = options.get(TriggerOptions.PARALLELISM);
    if (parallelism < 1 || parallelism > Placement.MAX_PARALLELISM) {
      throw OptionException.refused(
          TriggerOptions.PARALLELISM, parallelism, "1 to " + Placement.MAX_PARALLELISM);
    }
    requireCallForEach(parallelism, options);
    return parallelism;
  }

  /** Each subtask makes one call at a time at least. */
  private static void requireCallForEach(int parallelism, ReadableConfig options) {
    int calls = options.get(DeliveryOptions.MAX_CONCURRENCY);
    if (calls < parallelism) {
      throw OptionException.refused(
          DeliveryOptions.MAX_CONCURRENCY,
          calls,
          "at least " + TriggerOptions.PARALLELISM.key() + ", which is " + parallelism);
    }
  }

  private static void requireConnectTimeout(ReadableConfig options) {
    Duration timeout = options.get(TriggerOptions.CONNECT_TIMEOUT);
    if (timeout.toMillis() < 1 || timeout.toDays() > 1) {
      throw OptionException.refused(
          TriggerOptions.CONNECT_TIMEOUT, timeout.toSeconds() + " s", "1 ms or more, up to 1 d");
    }
  }

  private static StartPosition start(ReadableConfig options, StreamClient.Factory source) {
    Start start = options.get(TriggerOptions.START);
    Optional<String> time = options.getOptional(TriggerOptions.START_TIME);
    Map<String, String> sequences = options.get(TriggerOptions.START_SEQUENCES);
    requireOnlyWith(Start.timestamp, start, TriggerOptions.START_TIME.key(), time.isPresent());
    requireOnlyWith(
        Start.sequence, start, TriggerOptions.START_SEQUENCES.key(), !sequences.isEmpty());
    requireUse(start, options, source);
    return switch (start) {
      case earliest -> new StartPosition.Earliest();
      case latest -> new StartPosition.Latest();
      case timestamp -> new StartPosition.At(instant(time));
      case sequence -> new StartPosition.Sequences(numbers(sequences));
      case subscription -> subscription(source);
    };
  }

  private static void requireOnlyWith(Start needed, Start start, String key, boolean given) {
    if (given && start != needed) {
      throw new OptionException(
          key + ": accepted only with " + TriggerOptions.START.key() + ": " + needed);
    }
  }

  private static void requireUse(Start start, ReadableConfig options, StreamClient.Factory source) {
    if (source.subscription().isPresent()
        && start != Start.subscription
        && options.get(DeliveryOptions.LEDGER) == Ledger.none) {
      throw new OptionException(
          source.subscriptionOption()
              + ": accepted only with "
              + DeliveryOptions.LEDGER.key()
              + ": "
              + Ledger.source
              + " or "
              + TriggerOptions.START.key()
              + ": "
              + Start.subscription);
    }
  }

  private static Optional<DeliveryLedger.Factory> ledger(
      ReadableConfig options, StreamConnector stream, CredentialsProvider credentials) {
    return switch (options.get(DeliveryOptions.LEDGER)) {
      case none -> Optional.empty();
      case source -> Optional.of(stream.ledger(options, credentials));
    };
  }

  private static Map<String, Long> numbers(Map<String, String> sequences) {
    String accepted = "a sequence from 0 on for each shard named, such as {0: 123, 1: 456}";
    if (sequences.isEmpty()) {
      throw OptionException.missing(TriggerOptions.START_SEQUENCES, accepted);
    }
    Map<String, Long> numbers = new TreeMap<>();
    sequences.forEach(
        (shard, sequence) -> {
          if (!sequence.matches("[0-9]{1,18}")) {
            throw OptionException.refused(
                TriggerOptions.START_SEQUENCES, shard + ": " + sequence, accepted);
          }
          numbers.put(shard, Long.parseLong(sequence));
        });
    return numbers;
  }

  private static StartPosition subscription(StreamClient.Factory source) {
    if (source.subscription().isEmpty()) {
      throw new OptionException(
          source.subscriptionOption()
              + ": missing; accepted: what keeps the offsets of "
              + source.stream());
    }
    return new StartPosition.Subscription();
  }

  private static long instant(Optional<String> time) {
    String accepted = "a time with its zone, such as 2021-10-12T00:00:00Z";
    String text =
        time.orElseThrow(() -> OptionException.missing(TriggerOptions.START_TIME, accepted));
    try {
      long millis = OffsetDateTime.parse(text).toInstant().toEpochMilli();
      if (millis < 0) {
        throw OptionException.refused(TriggerOptions.START_TIME, text, accepted + ", from 1970 on");
      }
      if (millis > System.currentTimeMillis() + CLOCK_SKEW.toMillis()) {
        throw OptionException.refused(
            TriggerOptions.START_TIME, text, "a time that has come, or " + Start.latest);
      }
      return millis;
    } catch (DateTimeException e) {
      throw OptionException.refused(TriggerOptions.START_TIME, text, accepted);
    }
  }

  /** Puts the place in the file before a complaint that begins with a key. */
  private static OptionException located(
      OptionException complaint, Map<String, Entry> entries, Path file) {
    String message = complaint.getMessage();
    int colon = message.indexOf(':');
    Entry entry = colon < 0 ? null : entries.get(message.substring(0, colon));
    if (entry != null) {
      return new OptionException(entry.origin() + ": " + message);
    }
    return message.startsWith(file + ":") || message.startsWith("command line:")
        ? complaint
        : new OptionException(file + ": " + message);
  }

  /** How the job connects. */
  public HttpSettings http() {
    return new HttpSettings(
        options.get(TriggerOptions.CONNECT_TIMEOUT), HttpSettings.DEFAULT.maxConnectionsPerHost());
  }
}
