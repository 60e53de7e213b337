// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.control.Verb;
import picocli.CommandLine.Command;

@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = "Lets suspended shards go on, where they stopped, with fresh attempts.")
final class ResumeCommand extends OperatorCommand {
  ResumeCommand() {
    super(Verb.RESUME);
  }
}
