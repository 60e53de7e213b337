// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.control.Verb;
import picocli.CommandLine.Command;

@Command(
    name = "retry",
    mixinStandardHelpOptions = true,
    description = "Makes the next attempt of failing shards now; failed attempts stay counted.")
final class RetryCommand extends OperatorCommand {
  RetryCommand() {
    super(Verb.RETRY);
  }
}
