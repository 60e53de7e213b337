// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.job.TriggerCheck;
import io.millrace.job.TriggerSpec;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description =
        "Validates a trigger, resolves its credentials, describes the stream and connects to the"
            + " function. Reads no record, invokes nothing.")
final class CheckCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Mixin private TriggerArguments trigger;

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    TriggerSpec spec = trigger.parse();
    out.println("trigger: " + spec.name() + ", parallelism " + spec.parallelism());
    out.flush();
    TriggerCheck.run(
        spec,
        finding -> {
          out.println(finding);
          out.flush();
        });
    spec.function().warnings().forEach(warning -> out.println("warning: " + warning));
    out.println("all is well");
    out.flush();
    return 0;
  }
}
