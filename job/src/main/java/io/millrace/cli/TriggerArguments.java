// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.job.TriggerSpec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** A trigger file and what is laid over it. */
final class TriggerArguments {

  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "The trigger, in YAML.")
  private Path config;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "Replaces a key of the trigger, for example -Ddelivery.retry.max-attempts=3.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  TriggerSpec parse() {
    return TriggerSpec.parse(config, overrides);
  }
}
