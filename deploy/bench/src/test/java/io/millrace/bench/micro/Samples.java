// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.micro;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.job.TriggerSpec;
import io.millrace.model.ShardRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The two clouds, each with a stream, a function and records as its connector encodes them. */
public enum Samples {
  DATAHUB_FC(
      """
      source:
        type: datahub
        endpoint: http://127.0.0.1:1
        project: bench
        topic: orders
      function:
        type: function-compute
        endpoint: http://127.0.0.1:1
        service: shop
        function: handle
      """) {
    @Override
    String body(long sequence) {
      return "{\"eventId\":\"0:%d\",\"systemTime\":1463000123000,\"data\":\"[\\\"%s\\\"]\"}"
          .formatted(sequence, "x".repeat(DATA));
    }
  },

  DIS_FUNCTIONGRAPH(
      """
      source:
        type: dis
        endpoint: http://127.0.0.1:1
        project-id: bench
        stream: orders
      function:
        type: functiongraph
        endpoint: http://127.0.0.1:1
        urn: urn:fss:local:bench:function:shop:handle
      """) {
    @Override
    String body(long sequence) {
      return ("{\"partition_key\":\"a\",\"data\":\"%s\",\"sequence_number\":\"%d\","
              + "\"timestamp\":1463000123000,\"timestamp_type\":\"CreateTime\"}")
          .formatted("x".repeat(DATA), sequence);
    }
  };

  private static final int DATA = 200;
  private static final String SHARD = "0";

  private final String sections;

  Samples(String sections) {
    this.sections = sections;
  }

  abstract String body(long sequence);

  /** The trigger of the pair, with keys that open nothing. */
  TriggerSpec trigger() throws IOException {
    Path file = Files.createTempFile("millrace-micro-", ".yaml");
    try {
      Files.writeString(
          file,
          "name: bench\n"
              + sections
              + """
              credentials:
                access-key-id: ${MILLRACE_MICRO_ID:-id}
                access-key-secret: ${MILLRACE_MICRO_SECRET:-secret}
              """);
      return TriggerSpec.parse(file, Map.of());
    } finally {
      Files.delete(file);
    }
  }

  /** Records of one shard, in order. */
  List<ShardRecord> records(int count) {
    List<ShardRecord> records = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      records.add(
          new ShardRecord(SHARD, 0, i, 0, 1463000123000L, body(i).getBytes(US_ASCII), false));
    }
    return records;
  }
}
