// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.getindata;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.getindata.connectors.http.HttpSink;
import com.getindata.connectors.http.internal.sink.HttpSinkRequestEntry;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A polling source and getindata's HTTP sink. It runs until it is killed or until its standard
 * input ends.
 *
 * <p>Envelopes of several records are the sink's batches: an array of records from all shards of
 * the subtask. A request that the function refuses is logged by the sink, counted and dropped.
 */
public final class GetindataMain {

  /** As many calls at a time as the bench grants to Flink's asynchronous peers. */
  private static final int IN_FLIGHT = 16;

  private static final String OPTIONS = "gid.connector.http.sink.";

  private GetindataMain() {}

  /**
   * Runs the job.
   *
   * @param arguments the assignment, a file
   */
  public static void main(String[] arguments) throws Exception {
    Properties assignment = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of(arguments[0]))) {
      assignment.load(in);
    }
    try {
      begin(assignment);
      while (System.in.read() >= 0) {
        // Nothing is said to a contender.
      }
    } catch (Throwable e) {
      // Before the process is halted: this is the reason that the bench shows.
      e.printStackTrace();
    } finally {
      Runtime.getRuntime().halt(1);
    }
  }

  private static void begin(Properties assignment) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        Path.of(assignment.getProperty("directory"), "checkpoints").toUri().toString());
    int records = number(assignment, "records");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(
            number(assignment, "parallelism"), configuration);
    env.enableCheckpointing(number(assignment, "checkpoint-millis"));
    env.addSource(new PollingSource(assignment, records == 1))
        .name("stream")
        .uid("stream")
        .sinkTo(
            HttpSink.<String>builder()
                .setEndpointUrl(assignment.getProperty("invocations"))
                .setElementConverter(converter())
                .setMaxBatchSize(records)
                .setMaxInFlightRequests(IN_FLIGHT)
                .setMaxTimeInBufferMS(number(assignment, "linger-millis"))
                .setProperty(OPTIONS + "writer.request.mode", records == 1 ? "single" : "batch")
                .setProperty(OPTIONS + "request.batch.size", Integer.toString(records))
                .setProperty(OPTIONS + "writer.thread-pool.size", Integer.toString(IN_FLIGHT))
                .setProperty(OPTIONS + "request.timeout", assignment.getProperty("timeout-seconds"))
                .setProperty(OPTIONS + "header.Content-Type", "application/json")
                .build())
        .name("call")
        .uid("call");
    env.executeAsync("getindata");
  }

  private static ElementConverter<String, HttpSinkRequestEntry> converter() {
    return (record, context) -> new HttpSinkRequestEntry("POST", record.getBytes(UTF_8));
  }

  static int number(Properties assignment, String key) {
    return Integer.parseInt(assignment.getProperty(key));
  }
}
