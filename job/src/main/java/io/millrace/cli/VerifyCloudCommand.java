// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.http.HttpTransport;
import io.millrace.http.SharedTransport;
import io.millrace.inquiry.Finding;
import io.millrace.job.TriggerCheck;
import io.millrace.job.TriggerSpec;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "verify-cloud",
    mixinStandardHelpOptions = true,
    description = {
      "Asks the clouds of a trigger what their documentation leaves open, and tells where they"
          + " differ from the emulators.",
      "For a real account: reads a few records of the trigger's stream, writes nothing, and invokes"
          + " the function only with --invoke."
    })
final class VerifyCloudCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Mixin private TriggerArguments trigger;

  @Option(
      names = "--invoke",
      description = "Invoke the function too, once, with an event that has no records.")
  private boolean invoke;

  @Option(names = "--json", description = "JSON, on one line.")
  private boolean json;

  @Override
  public Integer call() {
    TriggerSpec spec = trigger.parse();
    List<Finding> findings = new ArrayList<>();
    try (Progress progress = new Progress(command.commandLine().getErr())) {
      TriggerCheck.run(spec, finding -> progress.step("verify-cloud: " + finding));
    }
    try (HttpTransport transport = SharedTransport.acquire("verify-cloud", spec.http())) {
      ask("stream", spec.source().inquiry(transport)::ask, findings);
      ask("function", spec.function().inquiry(transport, invoke)::ask, findings);
    }
    PrintWriter out = command.commandLine().getOut();
    Map<Finding.Verdict, Long> counts =
        findings.stream().collect(Collectors.groupingBy(Finding::verdict, Collectors.counting()));
    if (json) {
      out.println(document(findings));
    } else {
      out.println(
          counts.getOrDefault(Finding.Verdict.AS_EMULATED, 0L)
              + " answers as emulated, "
              + counts.getOrDefault(Finding.Verdict.DIFFERS, 0L)
              + " differ, "
              + counts.getOrDefault(Finding.Verdict.NOTED, 0L)
              + " noted, "
              + counts.getOrDefault(Finding.Verdict.NOT_ASKED, 0L)
              + " not asked");
    }
    out.flush();
    return 0;
  }

  private void ask(String side, Consumer<Consumer<Finding>> inquiry, List<Finding> findings) {
    inquiry.accept(
        finding -> {
          findings.add(finding);
          if (!json) {
            command.commandLine().getOut().println(line(side, finding));
            command.commandLine().getOut().flush();
          }
        });
  }

  private static String line(String side, Finding finding) {
    String said = side + ": " + finding.question() + ": " + finding.answer();
    return switch (finding.verdict()) {
      case AS_EMULATED -> "as emulated  " + said;
      case DIFFERS -> "DIFFERS      " + said + "; the emulator answers: " + finding.emulated();
      case NOTED -> "noted        " + said;
      case NOT_ASKED -> "not asked    " + said;
    };
  }

  private static ArrayNode document(List<Finding> findings) {
    ArrayNode document = JsonNodeFactory.instance.arrayNode();
    for (Finding finding : findings) {
      ObjectNode node = document.addObject();
      node.put("question", finding.question());
      node.put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-'));
      node.put("answer", finding.answer());
      if (!finding.emulated().isEmpty()) {
        node.put("emulated", finding.emulated());
      }
    }
    return document;
  }
}
