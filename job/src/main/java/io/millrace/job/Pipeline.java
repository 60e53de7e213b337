// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.dispatch.FunctionSink;
import io.millrace.options.OptionException;
import io.millrace.source.ShardStreamSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A trigger's job graph: one source, one sink, one chain of tasks. */
@PublicEvolving
public final class Pipeline {

  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

  static final String SOURCE_UID = "source";

  static final String SINK_UID = "functions";

  /** The job's global parameter that names the sink's uid. */
  static final String SINK_UID_PARAMETER = "millrace.sink-uid";

  /** The job's global parameter that names the trigger. */
  static final String TRIGGER_PARAMETER = "millrace.trigger";

  private Pipeline() {}

  /**
   * Adds the trigger's pipeline to an environment, and configures it: the trigger's own {@code
   * flink.*} keys win over what the environment was made with, and both over our defaults.
   *
   * @throws OptionException when the environment is configured in a way that would break order or
   *     recovery
   */
  public static void build(StreamExecutionEnvironment env, TriggerSpec spec) {
    Configuration given = new Configuration((Configuration) env.getConfiguration());
    given.addAll(spec.flink());
    Configuration flink = FlinkSection.withDefaults(given);
    FlinkSection.check(flink, spec.options());
    flink.set(PipelineOptions.NAME, spec.name());
    configure(env, flink);
    env.setParallelism(spec.parallelism());

    spec.function().warnings().forEach(warning -> LOG.warn("{}: {}", spec.name(), warning));

    Map<String, String> parameters =
        new HashMap<>(env.getConfig().getGlobalJobParameters().toMap());
    parameters.put(SINK_UID_PARAMETER, SINK_UID);
    parameters.put(TRIGGER_PARAMETER, spec.name());
    env.getConfig().setGlobalJobParameters(new JobParameters(parameters));

    spec.ledger()
        .ifPresent(
            ledger -> ledger.warnings().forEach(line -> LOG.warn("{}: {}", spec.name(), line)));

    env.fromSource(
            ShardStreamSource.of(spec.source(), spec.start(), spec.options(), spec.http()),
            WatermarkStrategy.noWatermarks(),
            spec.source().stream())
        .uid(SOURCE_UID)
        .sinkTo(sink(spec))
        .uid(SINK_UID)
        .name(spec.source().stream() + " → " + spec.function().function());
  }

  private static FunctionSink sink(TriggerSpec spec) {
    FunctionSink sink =
        FunctionSink.of(spec.name(), spec.function(), spec.format(), spec.options(), spec.http());
    return spec.ledger().map(sink::ledger).orElse(sink);
  }

  private static void configure(StreamExecutionEnvironment env, Configuration flink) {
    try {
      env.configure(flink);
    } catch (IllegalArgumentException e) {
      throw FlinkSection.unreadable(e);
    }
  }
}
