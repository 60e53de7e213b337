// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider;
import io.millrace.credentials.ReferencedAuthToken;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.http.HttpTransport;
import io.millrace.http.SharedTransport;
import io.millrace.model.Shard;
import io.millrace.model.StartPosition;
import io.millrace.options.OptionException;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/**
 * Looks at everything a trigger needs, from this machine, before a job is started: reads no record
 * and invokes nothing.
 */
public final class TriggerCheck {

  private static final ConfigOption<String> FUNCTION_ENDPOINT =
      ConfigOptions.key("function.endpoint").stringType().noDefaultValue();

  private static final long ANSWER_SECONDS = 60;

  private final TriggerSpec spec;
  private final Consumer<String> finding;

  private TriggerCheck(TriggerSpec spec, Consumer<String> finding) {
    this.spec = spec;
    this.finding = finding;
  }

  /**
   * Looks, and tells each finding in a line.
   *
   * @throws RuntimeException for the first thing that is not as it should be, with one line
   */
  public static void run(TriggerSpec spec, Consumer<String> finding) {
    // Flink reads some of its keys only now, and refuses what it cannot read.
    JobSubmission.graph(new Configuration(), spec, Optional.empty());
    TriggerCheck check = new TriggerCheck(spec, finding);
    check.credentials();
    check.stream();
    check.function();
  }

  private void credentials() {
    credentials("source", spec.sourceCredentials());
    credentials("function", spec.functionCredentials());
  }

  private void credentials(String side, CredentialsProvider provider) {
    Credentials now = provider.get();
    finding.accept(
        side
            + " credentials: "
            + (now.authToken().isPresent() ? "an IAM token" : "access key " + now.accessKeyId()));
    if (provider instanceof ReferencedAuthToken token && !token.authToken().isFile()) {
      finding.accept(
          "warning: "
              + token.authToken()
              + " is an IAM token of the environment: it expires within a day, and cannot be renewed"
              + " while the job runs; ${file:PATH} can");
    }
  }

  private void stream() {
    try (HttpTransport transport = SharedTransport.acquire("check", spec.http());
        StreamClient client = spec.source().open(transport)) {
      StreamClient.StreamDescription stream = answer(client.describe());
      List<Shard> shards = answer(client.shards());
      long open = shards.stream().filter(Shard::open).count();
      finding.accept(
          "stream: "
              + stream.name()
              + ", "
              + stream.kind()
              + ", "
              + shards.size()
              + (shards.size() == 1 ? " shard, " : " shards, ")
              + open
              + " open");
      spec.ledger()
          .ifPresent(
              ledger -> {
                finding.accept("ledger: " + ledger.ledger());
                ledger.warnings().forEach(line -> finding.accept("warning: " + line));
              });
      if (spec.start() instanceof StartPosition.Sequences sequences) {
        sequences(client, shards, sequences);
      }
    }
  }

  /** Whether every shard named is there and has the sequence, or will have it next. */
  private void sequences(
      StreamClient client, List<Shard> shards, StartPosition.Sequences sequences) {
    SortedSet<String> unlisted = sequences.unlisted(shards);
    if (!unlisted.isEmpty()) {
      throw OptionException.refused(
          TriggerOptions.START_SEQUENCES,
          String.join(", ", unlisted),
          "shards of the stream: " + String.join(", ", shards.stream().map(Shard::id).toList()));
    }
    sequences.byShard().keySet().forEach(shard -> answer(client.resolve(shard, sequences)));
    finding.accept("start: at " + new TreeMap<>(sequences.byShard()));
  }

  private void function() {
    Optional<String> endpoint = spec.options().getOptional(FUNCTION_ENDPOINT);
    if (endpoint.isEmpty()) {
      finding.accept(
          "function: " + spec.function().function() + "; not connected to, it has no endpoint");
      return;
    }
    String connected;
    try {
      connected = EndpointProbe.connect(URI.create(endpoint.get()), spec.http().connectTimeout());
    } catch (IllegalArgumentException e) {
      throw OptionException.refused(FUNCTION_ENDPOINT, endpoint.get(), "a URL");
    }
    finding.accept(
        "function: " + spec.function().function() + " at " + connected + "; not invoked");
    description();
  }

  /** What the service itself says of the function, where the account may ask. */
  private void description() {
    FunctionInvoker.Factory function = spec.function();
    try (HttpTransport transport = SharedTransport.acquire("check", spec.http());
        FunctionInvoker invoker = function.open(transport)) {
      FunctionDescription description = invoker.describe().join();
      if (description instanceof FunctionDescription.Refused refused) {
        throw new OptionException("function: " + function.function() + ": " + refused.message());
      } else if (description instanceof FunctionDescription.Withheld withheld) {
        finding.accept("function: its own timeout could not be compared: " + withheld.reason());
      } else if (description instanceof FunctionDescription.Known known) {
        compare(function.timeout(), known.timeout());
        function.gatewayTimeout().ifPresent(gateway -> compareGateway(gateway, known.timeout()));
      }
    }
  }

  private void compare(Duration ours, Duration own) {
    finding.accept("function: the service lets it run for " + own.toSeconds() + " s");
    if (ours.compareTo(own) < 0) {
      finding.accept(
          "warning: function.timeout: "
              + ours.toMillis()
              + " ms is less than the "
              + own.toSeconds()
              + " s that the function may run: calls would be given up while they run");
    }
  }

  private void compareGateway(Duration gateway, Duration own) {
    if (own.compareTo(gateway) > 0) {
      finding.accept(
          "warning: the function may run for "
              + own.toSeconds()
              + " s, and its service answers nothing after "
              + gateway.toSeconds()
              + " s: what becomes of a longer run is not known here, and it is invoked again");
    }
  }

  private <T> T answer(CompletableFuture<T> future) {
    try {
      return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StreamException refusal) {
        throw refusal;
      }
      throw new StreamException(
          StreamException.Kind.FATAL, spec.source().stream() + ": " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new StreamException(
          StreamException.Kind.UNAVAILABLE,
          spec.source().stream() + ": no answer within " + ANSWER_SECONDS + " s",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StreamException(
          StreamException.Kind.UNAVAILABLE, spec.source().stream() + ": interrupted", e);
    }
  }
}
