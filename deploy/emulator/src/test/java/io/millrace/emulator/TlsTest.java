// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.DatahubClientBuilder;
import com.aliyun.datahub.client.auth.AliyunAccount;
import com.aliyun.datahub.client.common.DatahubConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir private Path directory;

  @Test
  void servesBothServicesWithTheGivenCertificate() throws Exception {
    Path keyStore = selfSigned(directory.resolve("server.p12"));
    try (Emulator emulator =
        Emulator.builder().tls(Optional.of(new TlsMaterial(keyStore, PASSWORD))).start()) {
      assertThat(emulator.dataHubEndpoint().toString()).startsWith("https://localhost:");
      DatahubClient client =
          DatahubClientBuilder.newBuilder()
              .setDatahubConfig(
                  new DatahubConfig(
                      emulator.dataHubEndpoint().toString(),
                      new AliyunAccount("testid", "testkey")))
              .setHttpConfig(PatientSdk.dataHub())
              .build();
      assertThat(client.listProject().getProjectNames()).isEmpty();

      HttpRequest request =
          HttpRequest.newBuilder(emulator.functionComputeEndpoint()).GET().build();
      HttpClient trusting = HttpClient.newBuilder().sslContext(trusting(keyStore)).build();
      assertThat(trusting.send(request, HttpResponse.BodyHandlers.ofString()).body())
          .contains("PathNotSupported");
      assertThatThrownBy(
              () ->
                  HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding()))
          .isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void namesTheKeyStoreThatItCannotRead() {
    TlsMaterial missing = new TlsMaterial(directory.resolve("missing.p12"), PASSWORD);
    assertThat(missing.toString()).doesNotContain(PASSWORD);
    assertThatThrownBy(() -> Emulator.builder().tls(Optional.of(missing)).start())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("missing.p12");
  }

  @Test
  void namesThePortThatIsTaken() {
    try (Emulator first = Emulator.builder().start()) {
      int taken = first.adminEndpoint().getPort();
      assertThatThrownBy(() -> Emulator.builder().dataHubPort(taken).start())
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + taken + " for datahub");
    }
  }

  private static SSLContext trusting(Path keyStore) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("server", store.getCertificate("server"));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trust);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  private static Path selfSigned(Path file) throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    return file;
  }
}
