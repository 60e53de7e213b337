// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Invokes functions with one request each, which the vendor's client does not promise. */
final class SignedCaller {

  private static final String TYPE = "application/octet-stream";

  // A client of its own per call: the JDK's re-sends on a pooled connection that is cut.
  private final Emulator emulator;

  SignedCaller(Emulator emulator) {
    this.emulator = emulator;
  }

  HttpResponse<String> invoke(String function, String event)
      throws IOException, InterruptedException {
    return client().send(request(function, event), HttpResponse.BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> invokeAsync(
      HttpClient client, String function, String event) {
    return client.sendAsync(request(function, event), HttpResponse.BodyHandlers.ofString());
  }

  static HttpClient client() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  private HttpRequest request(String function, String event) {
    String path = "/2016-08-15/services/svc/functions/" + function + "/invocations";
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    try {
      String md5 =
          Base64.getEncoder()
              .encodeToString(MessageDigest.getInstance("MD5").digest(event.getBytes(UTF_8)));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(emulator.keys().accessKeySecret().getBytes(UTF_8), "HmacSHA256"));
      String text = String.join("\n", "POST", md5, TYPE, date, "x-fc-log-type:Tail", path);
      String signature = Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
      return HttpRequest.newBuilder(URI.create(emulator.functionComputeEndpoint() + path))
          .header("Content-Type", TYPE)
          .header("Content-MD5", md5)
          .header("Date", date)
          .header("X-Fc-Log-Type", "Tail")
          .header("User-Agent", "millrace/test (1@here)")
          .header("Authorization", "FC " + emulator.keys().accessKeyId() + ":" + signature)
          .POST(HttpRequest.BodyPublishers.ofString(event))
          .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
