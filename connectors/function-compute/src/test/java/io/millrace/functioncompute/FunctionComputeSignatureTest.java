// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.credentials.Credentials;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Held to what aliyun-java-sdk-fc 1.8.25 sent, recorded on the wire with made-up keys. */
final class FunctionComputeSignatureTest {

  private static final Credentials RECORDED =
      new Credentials("AKID", "AKSECRET", Optional.of("STS_TOKEN_Y"));

  @ParameterizedTest
  @CsvSource({
    "ok,       2026-11-21T22:08:10Z, YpK6Wh/sutnc3hierpsjCWkK6OezuOJE3IQ8xe3GtTQ=",
    "handled,  2026-11-21T22:08:10Z, cQ9xgQLNeH71cWmAwEGkAzp4D3WaRO9SKuFH0Bumz9U=",
    "unhand,   2026-11-21T22:08:11Z, +JGaGLIUpBByzumwXVMM9G2HTv4u2SI17I5NWEKmJ6I=",
    "nofunc,   2026-11-21T22:08:11Z, idiWUw55ZK/+tVd1vBM461aQ4ZHL5Ni0MuuPhSRBQz8=",
    "throttle, 2026-11-21T22:08:11Z, zp16Rnu6zhJQZKfB2ksRGu48TzjL8+6knXlEZQiuThE=",
    "err500,   2026-11-21T22:08:11Z, J6q7MgZCKoy/8rzbif9KQlEJYq7HfORrQpyqA58xfRE=",
    "drop,     2026-11-21T22:08:11Z, RDADwRXk0OwAb3tEij3PxZIzIfSl6+wtN80CRf+H/as=",
  })
  void signsWithLogTypeAndTrace(String function, java.time.Instant at, String signature) {
    Map<String, String> headers = headers(at, "deTkKQKDzkJJYrvSHvK1fA==");
    headers.put("X-Fc-Log-Type", "Tail");
    headers.put("x-fc-trace", "z");
    assertThat(sign("svc", function, headers)).isEqualTo("FC AKID:" + signature);
  }

  @ParameterizedTest
  @CsvSource({
    "ok,      5HGBDwI95HzEdOvJa/rPIqHkS2rJcBAudcGuyjtP4dI=",
    "handled, BTkXH7dwj3v06M91m9TkOrb/SmHaphK6jyNMLDOTbZI=",
    "err500,  FohniF1BpJepcuQ74OzzJcF/MzDHEDnjuPKH4lp+L3Q=",
  })
  void signsThePlainForm(String function, String signature) {
    Map<String, String> headers =
        headers(java.time.Instant.parse("2026-11-21T22:08:13Z"), "mZFLkyvTelC5g8XnyQrpOw==");
    assertThat(sign("svc", function, headers)).isEqualTo("FC AKID:" + signature);
  }

  @Test
  void signsAQualifierAndNoBody() {
    Map<String, String> headers = headers(java.time.Instant.parse("2026-11-21T22:08:12Z"), null);
    assertThat(sign("svc.LATEST", "ok", headers))
        .isEqualTo("FC AKID:+eGQMyh5XXhyR1xaTGQWAPJz+4FKXyG4DkQc2arWmrY=");
  }

  private static Map<String, String> headers(java.time.Instant at, String md5) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/json");
    headers.put("x-fc-account-id", "1234567890");
    headers.put("Date", Api2016.HTTP_DATE.format(at));
    headers.put("Content-Type", "application/octet-stream");
    if (md5 != null) {
      headers.put("Content-MD5", md5);
    }
    headers.put("x-fc-security-token", "STS_TOKEN_Y");
    return headers;
  }

  private static String sign(String service, String function, Map<String, String> headers) {
    String path = "/2016-08-15/services/" + service + "/functions/" + function + "/invocations";
    return FunctionComputeSignature.authorization(RECORDED, "POST", path, headers);
  }
}
