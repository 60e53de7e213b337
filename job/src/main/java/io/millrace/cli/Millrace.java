// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import java.io.PrintWriter;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program: its own commands, and those that other modules bring. */
@Command(
    name = "millrace",
    mixinStandardHelpOptions = true,
    versionProvider = ProgramVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Runs cloud functions off partitioned cloud streams, in order, on Apache Flink.",
    subcommands = {
      CheckCommand.class,
      VerifyCloudCommand.class,
      RunCommand.class,
      StatusCommand.class,
      SuspendCommand.class,
      ResumeCommand.class,
      RetryCommand.class,
      SkipCommand.class,
      SeekCommand.class,
      StopCommand.class
    },
    footer = {
      "",
      "Exit code 0: all is well. 1: it failed. 2: input that is not accepted, or a service that"
          + " cannot be reached."
    })
public final class Millrace implements Runnable {

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure.")
  private boolean verbose;

  private Millrace() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /** Runs one command in this process; gives its exit code. */
  public static int execute(String... arguments) {
    return commandLine().execute(arguments);
  }

  static CommandLine commandLine() {
    Millrace program = new Millrace();
    CommandLine line = new CommandLine(program);
    ServiceLoader.load(CommandProvider.class, Millrace.class.getClassLoader())
        .forEach(provider -> line.addSubcommand(provider.command()));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setParameterExceptionHandler(
        (complaint, given) -> refuse(complaint, complaint.getCommandLine().getErr()));
    line.setExecutionExceptionHandler(
        (failure, command, result) -> program.explain(failure, command.getErr()));
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is needed: " + String.join(", ", spec.subcommands().keySet()));
  }

  private static int refuse(ParameterException complaint, PrintWriter err) {
    err.println("millrace: " + oneLine(complaint.getMessage()));
    CommandLine command = complaint.getCommandLine();
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return CommandFailure.BAD_INPUT;
  }

  private int explain(Exception failure, PrintWriter err) {
    Explanation explanation = Explanation.of(failure);
    err.println("millrace: " + explanation.line());
    if (verbose) {
      failure.printStackTrace(err);
    } else if (explanation.exitCode() == CommandFailure.FAILED && explanation.unexpected()) {
      err.println("Run it again with --verbose for the stack trace.");
    }
    err.flush();
    return explanation.exitCode();
  }

  private static String oneLine(String text) {
    return text.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
  }
}
