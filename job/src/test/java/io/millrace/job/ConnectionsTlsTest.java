// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.Millrace;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.TlsMaterial;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.http.HttpSettings;
import io.millrace.http.HttpTransport;
import io.millrace.http.JettyTransport;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who answers is verified on every connection that a trigger makes, to the stream's too. */
@Timeout(300)
final class ConnectionsTlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir private static Path directory;

  private static Path rightHost;
  private static Path wrongHost;

  @TempDir private Path home;

  @BeforeAll
  static void makeCertificates() throws Exception {
    rightHost = certificate("right", "dns:localhost");
    wrongHost = certificate("wrong", "dns:elsewhere.example.com");
  }

  @Test
  void trustedCertificateOfTheRightHostIsAccepted() throws Exception {
    try (Emulator emulator = emulator(rightHost);
        HttpTransport transport = trusting(rightHost)) {
      for (Source source : Source.values()) {
        TriggerSpec spec = trigger(emulator, source, "s");
        try (StreamClient stream = spec.source().open(transport)) {
          assertThat(stream.describe().join().name()).endsWith("/orders");
          assertThat(stream.shards().join()).hasSize(1);
          StreamClient.ShardCursor cursor =
              stream.open(source.shard, 0, new StartPosition.Earliest());
          assertThat(cursor.fetch(10).join().records()).hasSize(1);
        }
      }
      for (String service : new String[] {"s", ""}) {
        try (FunctionInvoker function =
            trigger(emulator, Source.DATAHUB, service).function().open(transport)) {
          assertThat(invoke(function)).isInstanceOf(Outcome.Acknowledged.class);
          assertThat(function.describe().join()).isInstanceOf(FunctionDescription.Known.class);
        }
      }
    }
  }

  /** In a JVM of its own: whom a JVM trusts is settled when it starts. */
  @ParameterizedTest
  @EnumSource(Source.class)
  void checkTrustsWhomItsJvmTrusts(Source source) throws Exception {
    try (Emulator emulator = emulator(rightHost)) {
      Path config = TriggerText.file(home, text(emulator, source, "s"));

      String said = check(config, 0, "-Djavax.net.ssl.trustStore=" + rightHost);
      assertThat(said).contains("all is well").contains("/orders, ").contains(", 1 shard, 1 open");

      assertThat(check(config, 2, "-Djavax.net.ssl.trustStore=" + wrongHost))
          .contains(source.endpoint(emulator).toString())
          .contains("TLS refused")
          .doesNotContain("\tat ");
      assertThat(emulator.journal().size()).isZero();
    }
  }

  private static String check(Path config, int code, String trust) throws Exception {
    Process check =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                trust,
                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
                "-cp",
                System.getProperty("java.class.path"),
                Millrace.class.getName(),
                "check",
                "--config",
                config.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), UTF_8);
    assertThat(check.waitFor()).as(said).isEqualTo(code);
    return said;
  }

  @Test
  void selfSignedCertificateIsRefused() throws Exception {
    try (Emulator emulator = emulator(rightHost);
        HttpTransport transport = new JettyTransport(HttpSettings.DEFAULT)) {
      assertNothingGetsThrough(emulator, transport);
      for (Source source : Source.values()) {
        assertThatThrownBy(() -> TriggerCheck.run(trigger(emulator, source, "s"), line -> {}))
            .hasMessageContaining(source.endpoint(emulator).toString())
            .hasMessageContaining("TLS refused")
            .message()
            .doesNotContain("\n");
      }
    }
  }

  @Test
  void trustedCertificateOfAnotherHostIsRefused() throws Exception {
    try (Emulator emulator = emulator(wrongHost);
        HttpTransport transport = trusting(wrongHost)) {
      assertNothingGetsThrough(emulator, transport);
    }
  }

  private void assertNothingGetsThrough(Emulator emulator, HttpTransport transport) {
    for (Source source : Source.values()) {
      try (StreamClient stream = trigger(emulator, source, "s").source().open(transport)) {
        URI endpoint = source.endpoint(emulator);
        assertRefused(endpoint, stream, StreamClient::describe);
        assertRefused(endpoint, stream, StreamClient::shards);
        assertRefused(
            endpoint, stream, client -> client.resolve(source.shard, new StartPosition.Latest()));
        assertRefused(
            endpoint,
            stream,
            client -> client.open(source.shard, 0, new StartPosition.Earliest()).fetch(10));
      }
    }
    for (String service : new String[] {"s", ""}) {
      try (FunctionInvoker function =
          trigger(emulator, Source.DATAHUB, service).function().open(transport)) {
        Outcome outcome = invoke(function);
        assertThat(outcome).isInstanceOf(Outcome.TargetFault.class);
        assertThat(outcome.message())
            .contains(emulator.functionComputeEndpoint().toString(), "TLS refused")
            .doesNotContain("\n");
        assertThat(function.describe().join())
            .isInstanceOfSatisfying(
                FunctionDescription.Refused.class,
                refused -> assertThat(refused.message()).contains("TLS refused"));
      }
    }
    assertThat(emulator.journal().size()).isZero();
  }

  private static void assertRefused(
      URI endpoint, StreamClient client, Function<StreamClient, CompletableFuture<?>> request) {
    assertThatThrownBy(() -> request.apply(client).get(120, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(StreamException.class)
        .hasMessageContaining(endpoint.toString())
        .hasMessageContaining("TLS refused")
        .message()
        .doesNotContain("\n");
  }

  private static Outcome invoke(FunctionInvoker function) {
    return function
        .invoke(new FunctionInvoker.Invocation("0", "{\"records\":[]}".getBytes(UTF_8), 1))
        .join();
  }

  private static Emulator emulator(Path keyStore) {
    Emulator emulator =
        Emulator.builder()
            .credentials("testid", "testkey")
            .tls(Optional.of(new TlsMaterial(keyStore, PASSWORD)))
            .start();
    emulator.dataHub().createProject("test_project");
    emulator.dataHub().createTopic("test_project", "orders", TopicSchema.ofStrings("v"), 1, 3);
    emulator.dataHub().put("test_project", "orders", NewRecord.ofTuple("a"));
    emulator.dis().createStream("orders", 1);
    emulator.dis().put("orders", io.millrace.emulator.dis.NewRecord.of("a"));
    emulator.functions().create("s", "f");
    emulator.functions().create("f");
    return emulator;
  }

  /** The streams that a trigger can read. */
  private enum Source {
    DATAHUB("0", "datahub", "project: test_project", "topic: orders"),
    DIS("shardId-0000000000", "dis", "project-id: p1", "stream: orders");

    private final String shard;
    private final String yaml;

    Source(String shard, String type, String... keys) {
      this.shard = shard;
      this.yaml = "  type: " + type + "\n  " + String.join("\n  ", keys);
    }

    URI endpoint(Emulator emulator) {
      return this == DIS ? emulator.disEndpoint() : emulator.dataHubEndpoint();
    }
  }

  private TriggerSpec trigger(Emulator emulator, Source source, String service) {
    return TriggerText.parse(home, text(emulator, source, service), Map.of());
  }

  private static String text(Emulator emulator, Source source, String service) {
    return """
    name: orders
    source:
    %s
      endpoint: %s
    function:
      type: function-compute
      endpoint: %s
    %s  function: f
    credentials:
      access-key-id: testid
      access-key-secret: ${MILLRACE_TEST_SECRET:-testkey}
    """
        .formatted(
            source.yaml,
            source.endpoint(emulator),
            emulator.functionComputeEndpoint(),
            service.isEmpty() ? "" : "  service: " + service + "\n");
  }

  private static JettyTransport trusting(Path keyStore) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return new JettyTransport(HttpSettings.DEFAULT, Optional.of(context));
  }

  private static Path certificate(String name, String host) throws Exception {
    Path file = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + host,
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
