// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.bench.journal.CallLog;
import io.millrace.bench.process.Child;
import io.millrace.bench.process.FunctionServer;
import io.millrace.bench.process.StreamServer;
import io.millrace.bench.scenario.Scenario;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The stream and the function, each a process that serves all rounds. */
final class Services implements AutoCloseable {

  private static final String PASSWORD = "bench-password";

  private final Path keyStore;
  private final Child stream;
  private final Child function;

  /** The open stream, for a contender. */
  record Opened(URI stream, String subscription, URI function) {}

  private Services(Path keyStore, Child stream, Child function) {
    this.keyStore = keyStore;
    this.stream = stream;
    this.function = function;
  }

  static Services start(Path directory) throws IOException, InterruptedException {
    Path keyStore = selfSigned(directory.resolve("server.p12"));
    List<String> key = List.of(keyStore.toString(), PASSWORD);
    Child stream = child("stream", StreamServer.class, "3g", key, directory);
    return new Services(
        keyStore, stream, child("function", FunctionServer.class, "2g", key, directory));
  }

  private static Child child(
      String name, Class<?> program, String heap, List<String> arguments, Path directory)
      throws IOException {
    return Child.start(
        new Child.Program(
            name, program.getName(), Child.ownClassPath(), heap, List.of(), Map.of(), arguments),
        directory.resolve(name + ".log"));
  }

  /** What makes a JVM trust the two. */
  List<String> trust() {
    return List.of(
        "-Djavax.net.ssl.trustStore=" + keyStore, "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
  }

  /** Makes an empty stream, and a function that was never called. */
  Opened open(String topic, Scenario scenario) throws IOException {
    String tls = scenario.tls() ? "on" : "off";
    String[] opened =
        stream
            .order(
                "open",
                scenario.pair().wireName(),
                topic,
                scenario.shards(),
                scenario.idle(),
                scenario.bytes(),
                scenario.streamMillis(),
                tls)
            .split(" ", -1);
    String address =
        function.order("begin", scenario.functionMillis(), scenario.errorPercent(), tls);
    return new Opened(URI.create(opened[0]), opened[1], URI.create(address));
  }

  void put(long records) throws IOException {
    stream.order("put", records);
  }

  /** Puts records at a rate, and writes when each was put. */
  void pace(int rate, long millis, Path file) throws IOException {
    stream.order("pace", rate, millis, file);
  }

  CallLog.Count count() throws IOException {
    String[] words = function.order("count").split(" ", -1);
    return new CallLog.Count(Long.parseLong(words[0]), Long.parseLong(words[1]));
  }

  void writeCalls(Path file) throws IOException {
    function.order("write", file);
  }

  @Override
  public void close() {
    try (stream) {
      function.close();
    }
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
    String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool made no certificate: " + said.strip());
    }
    return file;
  }
}
