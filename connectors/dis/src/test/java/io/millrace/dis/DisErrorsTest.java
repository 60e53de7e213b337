// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.StreamErrors.Meaning;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import io.millrace.source.StreamRefusal;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisErrorsTest {

  @ParameterizedTest
  @CsvSource({
    "DIS.4303,400,THROTTLED",
    "DIS.4305,400,THROTTLED",
    "'',429,THROTTLED",
    "DIS.4302,400,UNAVAILABLE",
    "DIS.5000,500,UNAVAILABLE",
    "DIS.4200,400,FATAL",
    "DIS.4301,400,REFUSED",
    "DIS.4116,403,REFUSED",
    "APIGW.0301,401,REFUSED",
    "'',441,REFUSED",
    "'',410,REFUSED",
    "'',302,REFUSED",
    "DIS.5250,500,UNAVAILABLE",
    "DIS.9999,400,UNAVAILABLE",
    "'',500,UNAVAILABLE",
    "DIS.4205,400,UNAVAILABLE",
    "DIS.4215,400,FATAL",
  })
  void knowsWhatEachAsksFor(String code, int status, Kind kind) {
    assertThat(DisErrors.TABLE.kind(code, status)).isEqualTo(kind);
  }

  @Test
  void everyCodeHasAKindThatFits() {
    assertThat(DisErrors.TABLE.byCode()).hasSizeGreaterThan(25);
    DisErrors.TABLE.byCode().forEach((code, meaning) -> assertThat(code).matches("DIS\\.[0-9]{4}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DIS.4301 | | DIS.4301",
        "'' | Stream does not exist. DIS.4301 | DIS.4301",
        "APIGW.0301 | Incorrect | APIGW.0301",
        "'' | nothing | ''",
      })
  void findsTheCodeWhereverItStands(String given, String body, String code) {
    assertThat(DisErrors.code(given, body == null ? "" : body)).isEqualTo(code);
  }

  @Test
  void looksBehindWhatFuturesWrap() {
    StreamException refused =
        new StreamException(Kind.UNAVAILABLE, "x", new StreamRefusal("DIS.4225", 400));
    assertThat(DisErrors.TABLE.is(new CompletionException(refused), Meaning.EXPIRED_CURSOR))
        .isTrue();
    assertThat(DisErrors.TABLE.is(refused, "DIS.4225")).isTrue();
    assertThat(DisErrors.TABLE.is(refused, Meaning.OUT_OF_RANGE)).isFalse();
    assertThat(DisErrors.TABLE.is(new IllegalStateException(), Meaning.WRONG)).isFalse();
  }

  @Test
  void readsWhatIsSaidInTextsOnly() {
    Throwable range =
        new IllegalStateException(
            "DIS.4224: Sequence_number out of range. [5280][ should be within ][0][ ][617]");
    assertThat(Complaint.range(range)).contains(new StreamState.Range(0, 617));
    Throwable time =
        new IllegalStateException(
            "Request error. [timestamp is expired, timestamp should be larger than 1545728813434]");
    assertThat(Complaint.oldestTime(time)).hasValue(1545728813434L);
    assertThat(Complaint.range(time)).isEmpty();
    assertThat(Complaint.oldestTime(range)).isEmpty();
    assertThat(Complaint.range(new IllegalStateException())).isEmpty();
  }
}
