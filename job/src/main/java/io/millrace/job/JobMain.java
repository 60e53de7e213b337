// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.options.OptionException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The main class of the job's jar, for {@code flink run millrace-job.jar --config trigger.yaml
 * -Dkey=value} and for application mode.
 */
public final class JobMain {

  private static final String USAGE = "accepted: --config FILE [-Dkey=value …]";

  private JobMain() {}

  /**
   * Builds the pipeline of a trigger in the environment that Flink provides, and executes it.
   *
   * @throws OptionException for an argument or a key that is not accepted
   */
  public static void main(String[] arguments) throws Exception {
    TriggerSpec spec = parse(arguments);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    Pipeline.build(env, spec);
    env.execute(spec.name());
  }

  static TriggerSpec parse(String... arguments) {
    Path config = null;
    Map<String, String> overrides = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      int equals = argument.indexOf('=');
      if (argument.equals("--config") && i + 1 < arguments.length && config == null) {
        config = Path.of(arguments[++i]);
      } else if (argument.startsWith("-D") && equals > 2) {
        overrides.put(argument.substring(2, equals), argument.substring(equals + 1));
      } else {
        throw new OptionException("argument '" + argument + "' is not accepted; " + USAGE);
      }
    }
    if (config == null) {
      throw new OptionException("--config: missing; " + USAGE);
    }
    return TriggerSpec.parse(config, overrides);
  }
}
