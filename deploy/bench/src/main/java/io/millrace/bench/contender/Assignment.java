// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import io.millrace.bench.scenario.Pair;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * What a contender is told, and all that it is told: the same for each of them.
 *
 * @param pair the clouds' services
 * @param stream the service of the stream
 * @param topic the stream's name
 * @param subscription or app, for what was delivered
 * @param shards of the stream, idle ones too
 * @param function the service of the function
 * @param records that an envelope holds at most
 * @param bytes of a record's column
 * @param directory for what the contender writes
 */
public record Assignment(
    Pair pair,
    URI stream,
    String topic,
    String subscription,
    int shards,
    URI function,
    int records,
    int bytes,
    int parallelism,
    Path directory) {

  /** How long a reader waits that found nothing new. */
  public static final int POLL_MILLIS = 20;

  /** From a call that failed to the next. */
  public static final int RETRY_MILLIS = 100;

  /** How long records wait for more to fill an envelope, in contenders that have to wait. */
  public static final int LINGER_MILLIS = 10;

  /** How long a call may take. */
  public static final int TIMEOUT_SECONDS = 60;

  /** Between two checkpoints, of every contender that makes some. */
  public static final int CHECKPOINT_MILLIS = 1000;

  public static final String PROJECT = "bench";
  public static final String KEY_ID = "testid";
  public static final String KEY_SECRET = "testkey";

  /** Where a trigger finds the key: in the environment, as on most clusters. */
  public static final Map<String, String> ENVIRONMENT =
      Map.of("BENCH_KEY_ID", KEY_ID, "BENCH_KEY_SECRET", KEY_SECRET);

  private static final String SERVICE = "bench";
  private static final String FUNCTION = "handle";
  private static final String URN =
      "urn:fss:local:" + PROJECT + ":function:" + SERVICE + ":" + FUNCTION + ":latest";

  /** Where the function is called. */
  public URI invocations() {
    return function.resolve(
        switch (pair) {
          case DATAHUB_FC ->
              "/2016-08-15/services/" + SERVICE + "/functions/" + FUNCTION + "/invocations";
          case DIS_FUNCTIONGRAPH -> "/v2/" + PROJECT + "/fgs/functions/" + URN + "/invocations";
        });
  }

  /** Writes it where another process reads it. */
  public Path write() throws IOException {
    Properties properties = new Properties();
    properties.setProperty("pair", pair.wireName());
    properties.setProperty("stream", stream.toString());
    properties.setProperty("project", PROJECT);
    properties.setProperty("topic", topic);
    properties.setProperty("subscription", subscription);
    properties.setProperty("shards", Integer.toString(shards));
    properties.setProperty("key-id", KEY_ID);
    properties.setProperty("key-secret", KEY_SECRET);
    properties.setProperty("function", function.toString());
    properties.setProperty("invocations", invocations().toString());
    properties.setProperty("records", Integer.toString(records));
    properties.setProperty("bytes", Integer.toString(bytes));
    properties.setProperty("parallelism", Integer.toString(parallelism));
    properties.setProperty("directory", directory.toString());
    properties.setProperty("poll-millis", Integer.toString(POLL_MILLIS));
    properties.setProperty("linger-millis", Integer.toString(LINGER_MILLIS));
    properties.setProperty("timeout-seconds", Integer.toString(TIMEOUT_SECONDS));
    properties.setProperty("checkpoint-millis", Integer.toString(CHECKPOINT_MILLIS));
    Path file = directory.resolve("assignment.properties");
    try (Writer out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    }
    return file;
  }

  /** Reads what was written. */
  public static Assignment read(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    }
    return new Assignment(
        Pair.named(properties.getProperty("pair")).orElseThrow(),
        URI.create(properties.getProperty("stream")),
        properties.getProperty("topic"),
        properties.getProperty("subscription"),
        Integer.parseInt(properties.getProperty("shards")),
        URI.create(properties.getProperty("function")),
        Integer.parseInt(properties.getProperty("records")),
        Integer.parseInt(properties.getProperty("bytes")),
        Integer.parseInt(properties.getProperty("parallelism")),
        Path.of(properties.getProperty("directory")));
  }

  /**
   * The trigger that says the same to Millrace.
   *
   * @param ledger the section's lines about it, each ended
   */
  Path trigger(String ledger) throws IOException {
    String text =
        """
        name: bench
        source:
        %s  idle-wait: %d ms
        function:
        %s  timeout: %d s
        delivery:
          batch: {max-records: %d}
          retry: {interval: %d ms}
        %scredentials:
          access-key-id: ${BENCH_KEY_ID}
          access-key-secret: ${BENCH_KEY_SECRET}
        parallelism: %d
        flink:
          execution.checkpointing.interval: %d ms
        """
            .formatted(
                source(),
                POLL_MILLIS,
                target(),
                TIMEOUT_SECONDS,
                records,
                RETRY_MILLIS,
                ledger,
                parallelism,
                CHECKPOINT_MILLIS);
    return Files.writeString(directory.resolve("trigger.yaml"), text);
  }

  private String source() {
    String section =
        switch (pair) {
          case DATAHUB_FC ->
              """
                type: datahub
                endpoint: %s
                project: %s
                topic: %s
              """;
          case DIS_FUNCTIONGRAPH ->
              """
                type: dis
                endpoint: %s
                project-id: %s
                stream: %s
              """;
        };
    return section.formatted(stream, PROJECT, topic);
  }

  private String target() {
    return switch (pair) {
      case DATAHUB_FC ->
          """
            type: function-compute
            endpoint: %s
            service: %s
            function: %s
          """
              .formatted(function, SERVICE, FUNCTION);
      case DIS_FUNCTIONGRAPH ->
          """
            type: functiongraph
            endpoint: %s
            urn: %s
          """
              .formatted(function, URN);
    };
  }
}
