// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.command;

import io.millrace.cli.CommandFailure;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.function.FunctionCode;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace emulator}: the local clouds until interrupted. */
@Command(
    name = "emulator",
    mixinStandardHelpOptions = true,
    description =
        "DataHub, Function Compute, DIS and FunctionGraph on 127.0.0.1, until interrupted. They"
            + " speak the real protocols to the vendors' SDKs and keep everything in memory.")
public final class EmulatorCommand implements Callable<Integer> {

  private static final String ACCESS_KEY_ID = "testid";
  private static final String ACCESS_KEY_SECRET = "testkey";
  private static final String SERVICE = "my-service";
  private static final String FUNCTION = "my-function";
  private static final String PROJECT = "my-project";
  private static final String PACKAGE = "default";
  private static final String AUTH_TOKEN = "testtoken";

  private static final String FUNCTION_COMPUTE = "function-compute";
  private static final String FUNCTION_GRAPH = "functiongraph";

  private static final int CLOSE_SECONDS = 10;

  private final CountDownLatch closed = new CountDownLatch(1);

  @Spec private CommandSpec spec;

  @Option(
      names = "--datahub-port",
      paramLabel = "P",
      defaultValue = "0",
      description = "Where DataHub listens; any free port if not given.")
  private int dataHubPort;

  @Option(
      names = "--dis-port",
      paramLabel = "P",
      defaultValue = "0",
      description = "Where DIS listens; any free port if not given.")
  private int disPort;

  @Option(
      names = "--fc-port",
      paramLabel = "P",
      defaultValue = "0",
      description = "Where Function Compute listens; any free port if not given.")
  private int functionComputePort;

  @Option(
      names = "--functiongraph-port",
      paramLabel = "P",
      defaultValue = "0",
      description = "Where FunctionGraph listens; any free port if not given.")
  private int functionGraphPort;

  @Option(
      names = "--admin-port",
      paramLabel = "P",
      defaultValue = "0",
      description =
          "Where topics and functions are made, faults are injected and the journal is read; any"
              + " free port if not given.")
  private int adminPort;

  @Option(
      names = "--function-url",
      paramLabel = "URL",
      description =
          "A process that speaks the custom-runtime contract (POST /invoke), or with FunctionGraph"
              + " that of container images, and runs all functions; if none is given, nor a command"
              + " or a handler, events are printed.")
  private Optional<URI> functionUrl = Optional.empty();

  @Option(
      names = "--function-command",
      paramLabel = "COMMAND",
      description =
          "Starts a process that speaks the custom-runtime contract on the port that its environment"
              + " names as FC_SERVER_PORT and PORT, or with --function-service functiongraph on port"
              + " 8000, runs all functions in it, and starts it again when it has ended; for example"
              + " 'python3 server.py'.")
  private Optional<String> functionCommand = Optional.empty();

  @Option(
      names = "--function-handler",
      paramLabel = "CLASS",
      description =
          "Runs all functions in a Java handler: package.Class or package.Class::handleRequest, or"
              + " with --function-service functiongraph package.Class.method, with --function-jar.")
  private Optional<String> functionHandler = Optional.empty();

  @Option(
      names = "--function-jar",
      paramLabel = "PATH",
      description =
          "Where --function-handler and what it needs is found: a jar or a directory of classes; may"
              + " be given several times.")
  private List<Path> functionJars = List.of();

  @Option(
      names = "--function-service",
      paramLabel = "SERVICE",
      defaultValue = FUNCTION_COMPUTE,
      description =
          "Whose functions run the command or the handler: function-compute (the default) or"
              + " functiongraph; those of the other print events.")
  private String functionService;

  @Override
  public Integer call() throws InterruptedException {
    accept("--datahub-port", dataHubPort);
    accept("--dis-port", disPort);
    accept("--functiongraph-port", functionGraphPort);
    accept("--fc-port", functionComputePort);
    accept("--admin-port", adminPort);
    Optional<FunctionCode> code = code();
    try (Emulator emulator = start(code)) {
      emulator.functions().create(SERVICE, FUNCTION);
      emulator.functions().create(FUNCTION);
      emulator.functionGraph().create(PROJECT, PACKAGE, FUNCTION);
      if (!isRunBy(FUNCTION_COMPUTE, code)) {
        emulator.functions().printTo(System.out);
      }
      if (!isRunBy(FUNCTION_GRAPH, code)) {
        emulator.functionGraph().printTo(System.out);
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println("DataHub           " + emulator.dataHubEndpoint());
      out.println("Function Compute  " + emulator.functionComputeEndpoint());
      out.println("DIS               " + emulator.disEndpoint());
      out.println("FunctionGraph     " + emulator.functionGraphEndpoint());
      out.println("Admin             " + emulator.adminEndpoint());
      out.println("Access key        " + ACCESS_KEY_ID + " / " + ACCESS_KEY_SECRET);
      out.println("IAM token         " + AUTH_TOKEN + ", of DIS and FunctionGraph");
      out.println(
          "Function          %s/%s, and %s of 3.0; more with POST %s/functions"
              .formatted(SERVICE, FUNCTION, FUNCTION, emulator.adminEndpoint()));
      out.println(
          "FunctionGraph's   urn:fss:local:%s:function:%s:%s; more with POST %s/functiongraph"
              .formatted(PROJECT, PACKAGE, FUNCTION, emulator.adminEndpoint()));
      out.flush();
      spec.commandLine().getErr().println("Until interrupted.");
      spec.commandLine().getErr().flush();
      awaitInterrupt();
    } finally {
      closed.countDown();
    }
    return 0;
  }

  /** The process must not end before a command of the user's was ended. */
  private void awaitInterrupt() throws InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    Runnable stop =
        () -> {
          interrupted.countDown();
          try {
            closed.await(CLOSE_SECONDS, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "emulator-stop"));
    interrupted.await();
  }

  private Optional<FunctionCode> code() {
    List<FunctionCode> given = new ArrayList<>();
    functionUrl.ifPresent(
        url -> {
          acceptUrl(url);
          given.add(new FunctionCode.Url(url));
        });
    functionCommand.ifPresent(command -> given.add(new FunctionCode.Command(command)));
    functionHandler.ifPresent(
        handler -> given.add(new FunctionCode.Handler(handler, functionJars)));
    if (given.size() > 1) {
      throw CommandFailure.badInput(
          "--function-url, --function-command and --function-handler exclude each other");
    }
    if (functionHandler.isEmpty() && !functionJars.isEmpty()) {
      throw CommandFailure.badInput(
          "--function-jar: accepted only with --function-handler package.Class");
    }
    if (!functionService.equals(FUNCTION_COMPUTE) && !functionService.equals(FUNCTION_GRAPH)) {
      throw CommandFailure.badInput(
          "--function-service: '%s' is not accepted; accepted: %s, %s"
              .formatted(functionService, FUNCTION_COMPUTE, FUNCTION_GRAPH));
    }
    return given.stream().findFirst();
  }

  /** A process that is there already serves both; what is started here serves one. */
  private boolean isRunBy(String service, Optional<FunctionCode> code) {
    return code.isPresent()
        && (code.get() instanceof FunctionCode.Url || functionService.equals(service));
  }

  private Emulator start(Optional<FunctionCode> code) {
    Emulator.Builder builder =
        Emulator.builder()
            .dataHubPort(dataHubPort)
            .functionComputePort(functionComputePort)
            .disPort(disPort)
            .functionGraphPort(functionGraphPort)
            .adminPort(adminPort)
            .credentials(ACCESS_KEY_ID, ACCESS_KEY_SECRET)
            .authToken(AUTH_TOKEN)
            .functionOutput(System.out);
    if (isRunBy(FUNCTION_COMPUTE, code)) {
      builder.function(code.get());
    }
    if (isRunBy(FUNCTION_GRAPH, code)) {
      builder.functionGraphCode(code.get());
    }
    try {
      return builder.start();
    } catch (UncheckedIOException e) {
      throw CommandFailure.unreachable(e.getCause().getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.badInput(e.getMessage());
    }
  }

  private static void accept(String option, int port) {
    if (port < 0 || port > 65535) {
      throw CommandFailure.badInput(
          "%s: %d is not a port; accepted: 1 to 65535, or 0 for any that is free"
              .formatted(option, port));
    }
  }

  private static void acceptUrl(URI url) {
    if (url.getHost() == null
        || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
      throw CommandFailure.badInput(
          "--function-url: '%s' is not accepted; accepted: http://host:port".formatted(url));
    }
  }
}
