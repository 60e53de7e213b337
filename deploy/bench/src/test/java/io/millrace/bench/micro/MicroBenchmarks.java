// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the micro-benchmarks and prints operations a second and bytes allocated for each. By hand:
 * {@code mvn -B test -Psoak -pl deploy/bench -am -Dtest=MicroBenchmarks
 * -Dsurefire.failIfNoSpecifiedTests=false}, with {@code -Dmicro=Lane} for those whose names have
 * that in them.
 */
@Tag("soak")
final class MicroBenchmarks {

  @Test
  void run() throws RunnerException {
    assertThat(
            new Runner(
                    new OptionsBuilder()
                        .include(
                            MicroBenchmarks.class.getPackageName()
                                + "\\..*"
                                + System.getProperty("micro", ""))
                        .warmupIterations(5)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(5)
                        .measurementTime(TimeValue.seconds(1))
                        .forks(1)
                        .addProfiler(GCProfiler.class)
                        .shouldFailOnError(true)
                        .build())
                .run())
        .isNotEmpty();
  }
}
