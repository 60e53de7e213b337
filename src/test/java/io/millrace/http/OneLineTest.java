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
    assertThat(OneLine.without(Credentials.ofAuthToken("iam-token"), "by iam-token"))
        .isEqualTo("by ****");
  }

  @Test
  void aSecretThatTheCutGoesThroughLeavesNoTrace() {
    String token = "T0KEN/".repeat(200);
    Credentials credentials = new Credentials("id", "SECRET", Optional.of(token));

    for (int before : new int[] {0, 990, 999, 1000, 3990, 4003, 4004}) {
      String said = "x".repeat(before) + token + "SECRET" + "y".repeat(5000);
      assertThat(OneLine.of(said, credentials))
          .doesNotContain("T0KEN", "SECRET")
          .hasSizeLessThanOrEqualTo(1002);
      assertThat(OneLine.of(said.getBytes(UTF_8), credentials))
          .doesNotContain("T0KEN", "SECRET")
          .hasSizeLessThanOrEqualTo(1002);
    }
    // What stands before it becomes short, so that the cut at the end comes to be shown.
    String spaced = " ".repeat(3500) + token + "y".repeat(5000);
    assertThat(OneLine.of(spaced.getBytes(UTF_8), credentials)).isEqualTo(" …");
    assertThat(OneLine.of(token.repeat(9).getBytes(UTF_8), credentials))
        .isEqualTo("************ …");
  }
}
