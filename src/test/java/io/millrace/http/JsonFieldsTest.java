// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonFieldsTest {

  @Test
  void readsScalarsAtTheTopOnly() {
    JsonFields fields =
        fields(
            "{\"a\":\"x\",\"b\":{\"a\":\"y\"},\"c\":[1,{\"d\":2}],\"d\":null,\"e\":7,\"f\":true}");

    assertThat(fields.complete()).isTrue();
    assertThat(fields.values())
        .containsOnly(Map.entry("a", "x"), Map.entry("e", "7"), Map.entry("f", "true"));
    assertThat(fields.text(List.of("z", "e", "a"))).isEqualTo("7");
    assertThat(fields.text(List.of("z", "d"))).isEmpty();
  }

  @Test
  void ofAnObjectThatWasCutKeepsWhatStandsBeforeTheCut() {
    JsonFields fields = fields("{\"status\":500,\"result\":\"abc");

    assertThat(fields.complete()).isFalse();
    assertThat(fields.values()).containsOnlyKeys("status");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[1]", "7", "\"{}\"", "<html>", "{", "{\"a\"}", "\u0000"})
  void whatIsNoObjectHasNone(String body) {
    assertThat(fields(body).values()).isEmpty();
    assertThat(fields(body).complete()).isFalse();
  }

  private static JsonFields fields(String body) {
    return JsonFields.of(body.getBytes(UTF_8));
  }
}
