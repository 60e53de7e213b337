// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import io.millrace.cli.CommandFailure;
import io.millrace.job.ClusterAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace console}: the web page until interrupted. */
@Command(
    name = "console",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the Millrace jobs of a cluster on a web page, and steers them, until interrupted.",
      "Without --host it listens on loopback only."
    })
final class ConsoleCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--jobmanager",
      paramLabel = "HOST:PORT",
      description =
          "The REST interface of the JobManager; by default what config.yaml in FLINK_CONF_DIR"
              + " says.")
  private Optional<String> jobManager = Optional.empty();

  @Option(
      names = "--port",
      paramLabel = "P",
      defaultValue = "8090",
      description = "Where to listen; 0 for any free port (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "The address to listen on; one that is not loopback needs --token-file (default:"
              + " ${DEFAULT-VALUE}).")
  private String host;

  @Option(
      names = "--token-file",
      paramLabel = "F",
      description = "A file whose first line is the token that users of the console must know.")
  private Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "A name under which browsers reach the console, beside addresses and localhost: that of a"
              + " proxy, for one. May be given several times.")
  private List<String> names = List.of();

  @Override
  public Integer call() throws InterruptedException {
    ClusterAddress cluster = ClusterAddress.given(jobManager);
    InetSocketAddress listen = listen();
    Optional<Token> token = tokenFile.map(Token::read);
    if (!listen.getAddress().isLoopbackAddress() && token.isEmpty()) {
      throw CommandFailure.badInput(
          "--host: '"
              + host
              + "' is not loopback, so --token-file is needed: whoever reaches the console can stop"
              + " deliveries");
    }
    PrintWriter err = spec.commandLine().getErr();
    Console.Settings settings =
        new Console.Settings(
            cluster.toString(),
            listen,
            token,
            names.stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet()));
    try (Console console =
        Console.start(
            settings,
            () -> new FlinkCluster(cluster),
            InstantSource.system(),
            line -> {
              err.println("millrace: " + line);
              err.flush();
            })) {
      PrintWriter out = spec.commandLine().getOut();
      out.println("Console  http://" + shown(listen) + ":" + console.port() + "/");
      out.flush();
      new CountDownLatch(1).await();
    } catch (IOException e) {
      throw CommandFailure.unreachable(
          "--port: cannot listen on " + host + ":" + port + ": " + reason(e), e);
    }
    return 0;
  }

  private InetSocketAddress listen() {
    if (port < 0 || port > 65535) {
      throw CommandFailure.badInput(
          "--port: " + port + " is not a port; accepted: 1 to 65535, or 0 for any that is free");
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw CommandFailure.badInput(
          "--host: '" + host + "' is not accepted; accepted: an address of this machine");
    }
  }

  private static String shown(InetSocketAddress listen) {
    String address = listen.getAddress().getHostAddress();
    return address.contains(":") ? "[" + address + "]" : address;
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage();
  }
}
