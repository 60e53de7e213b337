// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.command;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.Progress;
import io.millrace.e2e.stage.Pair;
import io.millrace.http.HttpFailure;
import io.millrace.job.EndpointProbe;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace quickstart}. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    description =
        "Shows a whole delivery on this machine: emulators, a producer on the vendor's SDK, an"
            + " embedded Flink, a function, and a judgement of the order.")
public final class QuickstartCommand implements Callable<Integer> {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  @Spec private CommandSpec spec;

  @Option(
      names = "--pair",
      paramLabel = "PAIR",
      defaultValue = "datahub-fc",
      description =
          "Stream and function: datahub-fc (the default), dis-functiongraph, datahub-functiongraph"
              + " or dis-fc.")
  private String pair;

  @Option(
      names = "--records",
      paramLabel = "N",
      defaultValue = "10000",
      description = "How many records to deliver; ${DEFAULT-VALUE} if not given.")
  private int records;

  @Option(
      names = "--shards",
      paramLabel = "N",
      defaultValue = "4",
      description = "Shards of the stream; ${DEFAULT-VALUE} if not given.")
  private int shards;

  @Option(
      names = "--rescale",
      paramLabel = "P",
      description = "Stop with a savepoint half-way and resume at this parallelism.")
  private Optional<Integer> rescale = Optional.empty();

  @Option(
      names = "--function-endpoint",
      paramLabel = "URL",
      description =
          "Invoke this server in the function service's protocol instead of the emulator; it must"
              + " answer 200 to POST /2016-08-15/services/{s}/functions/{f}/invocations, or with"
              + " FunctionGraph to POST /v2/{project}/fgs/functions/{urn}/invocations.")
  private Optional<URI> functionEndpoint = Optional.empty();

  @Option(names = "--json", description = "Print the JSON only, no summary.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Pair chosen = Pair.ofOption(pair);
    validate();
    PrintWriter out = spec.commandLine().getOut();
    try (Progress progress = new Progress(spec.commandLine().getErr());
        Quickstart quickstart =
            new Quickstart(
                new Quickstart.Wish(chosen, records, shards, rescale, functionEndpoint),
                progress)) {
      Quickstart.Outcome outcome = quickstart.run();
      outcome.complaints().forEach(progress::say);
      if (!json) {
        out.println(outcome.summary());
      }
      out.println(outcome.json());
      out.flush();
      return outcome.allWell() ? 0 : CommandFailure.FAILED;
    }
  }

  private void validate() {
    range("--records", records, 1, 10_000_000);
    range("--shards", shards, 1, 256);
    rescale.ifPresent(parallelism -> range("--rescale", parallelism, 1, 64));
    if (rescale.isPresent() && records < 2) {
      throw CommandFailure.badInput(
          "--rescale: with --records %d there is no half-way; accepted: 2 or more records"
              .formatted(records));
    }
    functionEndpoint.ifPresent(
        url -> {
          if (url.getHost() == null
              || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
            throw CommandFailure.badInput(
                "--function-endpoint: '%s' is not accepted; accepted: http://host:port or"
                        .formatted(url)
                    + " https://host:port");
          }
          requireReachable(url);
        });
  }

  private static void requireReachable(URI url) {
    try {
      EndpointProbe.connect(url, CONNECT_TIMEOUT);
    } catch (HttpFailure e) {
      throw CommandFailure.unreachable("--function-endpoint: " + e.getMessage(), e);
    }
  }

  private static void range(String option, int value, int from, int to) {
    if (value < from || value > to) {
      throw CommandFailure.badInput(
          "%s: %d is not accepted; accepted: %d to %d".formatted(option, value, from, to));
    }
  }
}
