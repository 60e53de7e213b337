// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.credentials.Credentials;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OneLineTest {

  @Test
  void makesOneLine() {
    assertThat(OneLine.of("  a\r\n\tb\u00a0 c\u0000\u001b[31m \u202e ü 😀  "))
        .isEqualTo("a b c\\u0000\\u001b[31m \\u202e ü 😀");
  }

  @Test
  void cutsLongTextAndSaysSo() {
    assertThat(OneLine.of("x".repeat(1000))).hasSize(1000);
    assertThat(OneLine.of("x".repeat(1001))).hasSize(1002).endsWith("x …");
    assertThat(OneLine.of("é".repeat(3000).getBytes(UTF_8))).hasSize(1002).endsWith("é …");
  }

  @Test
  void keepsSecretsOut() {
    Credentials credentials = new Credentials("id", "secret", Optional.of("token"));

    assertThat(OneLine.without(credentials, "id secret token secret"))
        .isEqualTo("id **** **** ****");
  }
}
