// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.bench.scenario.Contender;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnModuleTest {

  @TempDir private Path module;

  @Test
  void saysWhatToBuild() {
    assertThatThrownBy(() -> new OwnModule(module, "Main").classPath())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is not built: there is no " + module.resolve("target/classpath"));
  }

  @Test
  void runsWithWhatTheModuleWasBuiltWith() throws IOException {
    Path target = Files.createDirectories(module.resolve("target"));
    Files.writeString(target.resolve("classpath"), "/a.jar\n");
    assertThat(new OwnModule(module, "Main").classPath())
        .isEqualTo(target.resolve("classes") + File.pathSeparator + "/a.jar");
  }

  @Test
  void everyContenderThatIsApartHasOne() {
    for (Contender contender : Contender.values()) {
      assertThat(OwnModule.of(contender).isPresent())
          .as(contender.wireName())
          .isEqualTo(contender.isApart());
    }
  }
}
