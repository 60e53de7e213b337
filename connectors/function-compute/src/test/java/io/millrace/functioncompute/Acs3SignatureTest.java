// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.credentials.Credentials;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Held to what fc20230330 4.6.4 sent, recorded on the wire with made-up keys. */
final class Acs3SignatureTest {

  private static final Credentials RECORDED =
      new Credentials("AKID", "AKSECRET", Optional.of("STS_TOKEN_Z"));

  @ParameterizedTest
  @CsvSource({
    "ok         , 2026-11-21T22:09:53Z, 9c79a232c8d9610557f8188e9359fe9f, 0695ffdb2a9cbe4f10810bc8617bdb0846d2072be999af36651690cf27538c33",
    "ok         , 2026-11-21T22:09:53Z, 96e5743e9032e60021e953160a0df98a, 09b7c695bcd53a237fdc47b1308800f4b612abea587d7c5940873df934abb8dc",
    "handled    , 2026-11-21T22:09:53Z, 9ed9e38c2d1700ea0096d5b2af5e3571, cbf8bf7f857f33b25c48679a899f14c85b4d1f0fdd49e561cdc9025d28736ddd",
    "nofunc     , 2026-11-21T22:09:53Z, 5e1070e56f3e8b8a5e5b2e4315c2015c, c68fbe3ef1e9d0f648150c825cd608d9ac76cd9233f9dc46940ff75bb54de19c",
    "throttle   , 2026-11-21T22:09:54Z, 92b4707f04bfb40f4a75a25fe1f5a7ac, 1d9d941afa1260ed74a1e1bd6574c4d58f2a1cc21fd780c3d7d0606a52bb0282",
    "err500     , 2026-11-21T22:09:54Z, 9f6ef25a06b7defd6d8fff3f9c471194, e04d7bfa5925c4fa66d8c30d0c1d3dd567cc90de4dc1d3672c3df0107405883b",
    "err500empty, 2026-11-21T22:09:54Z, 35c4516af713d1a281bbfb2632905f85, 66e5b95217a4e7c2b1f3d2b2a1ce5c443709f07a871a2c710fe5e12d957b0d1d",
    "err503text , 2026-11-21T22:09:54Z, 7e9b687144bedf6dc5e8c6c5d3e7e7a3, 186b51aa2e239065bdc0fe3e9b8b1db6cfdde6be2f280607e99c41a4bcb30756",
    "drop       , 2026-11-21T22:09:54Z, 1370f4ebc90318476c1f6820c40c649c, be02fd9f8f13b737accdffa0fa466d37fb89ce10c9a9eafcfa86b11dd122ef00",
    "slow       , 2026-11-21T22:09:54Z, 91a7531739724005f6a543a784f56192, 62fce50e8c5141a546e7cdac971079f19dcfdcebeb6c68cf0ee3d534528e75b9",
    "async      , 2026-11-21T22:09:55Z, 4aa66238efb46679d21928ebf7c3c3da, 1efda22c27484da3e5ece3cc113c01f4c9939cfda6a41bb25624424c71a5243b",
  })
  void signsAsTheSdkDoes(String function, String date, String nonce, String signature) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("x-fc-log-type", "Tail");
    headers.put("accept", "application/json");
    headers.put("Host", "127.0.0.1:18083");
    headers.put("Content-Type", "application/octet-stream");
    headers.put("x-acs-accesskey-id", "AKID");
    headers.put("x-acs-action", "InvokeFunction");
    headers.put(
        "x-acs-content-sha256",
        Acs3Signature.sha256("{\"records\":[]}".getBytes(StandardCharsets.UTF_8)));
    headers.put("x-acs-credentials-provider", "static_sts");
    headers.put("x-acs-date", date);
    headers.put("x-acs-security-token", "STS_TOKEN_Z");
    headers.put("x-acs-signature-nonce", nonce);
    headers.put("x-acs-version", "2023-03-30");
    URI uri =
        URI.create(
            "http://127.0.0.1:18083/2023-03-30/functions/"
                + function
                + "/invocations?qualifier=LATEST");

    assertThat(Acs3Signature.authorization(RECORDED, "POST", uri, headers))
        .isEqualTo(
            "ACS3-HMAC-SHA256 Credential=AKID,SignedHeaders=content-type;host;x-acs-accesskey-id;"
                + "x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;"
                + "x-acs-security-token;x-acs-signature-nonce;x-acs-version,Signature="
                + signature);
  }

  @Test
  void queryIsSignedInTheOrderOfItsNames() {
    Map<String, String> headers = Map.of("host", "h", "x-acs-content-sha256", "0");

    assertThat(
            Acs3Signature.authorization(RECORDED, "GET", URI.create("http://h/p?b=2&a=1"), headers))
        .isEqualTo(
            Acs3Signature.authorization(
                RECORDED, "GET", URI.create("http://h/p?a=1&b=2"), headers));
  }
}
