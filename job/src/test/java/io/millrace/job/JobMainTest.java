// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.options.OptionException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobMainTest {

  @TempDir private Path directory;

  @Test
  void aConfigAndOverrides() {
    String config = TriggerText.file(directory, TriggerText.SMALLEST).toString();

    TriggerSpec spec = JobMain.parse("--config", config, "-Dname=other", "-Dsource.topic=a=b");

    assertThat(spec.name()).isEqualTo("other");
    assertThat(spec.source().stream()).isEqualTo("a=b");
  }

  @Test
  void otherArgumentsAreRefused() {
    assertThatThrownBy(JobMain::parse)
        .isInstanceOf(OptionException.class)
        .hasMessage("--config: missing; accepted: --config FILE [-Dkey=value …]");
    for (String argument : new String[] {"--config", "-D", "-D=x", "-Dx", "trigger.yaml"}) {
      assertThatThrownBy(() -> JobMain.parse(argument))
          .isInstanceOf(OptionException.class)
          .hasMessageContaining("argument '" + argument + "' is not accepted");
    }
  }
}
