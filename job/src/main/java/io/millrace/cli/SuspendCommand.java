// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.control.Verb;
import picocli.CommandLine.Command;

@Command(
    name = "suspend",
    mixinStandardHelpOptions = true,
    description = "Lets shards wait until they are resumed; what they hold stays.")
final class SuspendCommand extends OperatorCommand {
  SuspendCommand() {
    super(Verb.SUSPEND);
  }
}
