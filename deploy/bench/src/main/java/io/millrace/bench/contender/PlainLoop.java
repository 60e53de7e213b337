// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.DatahubClientBuilder;
import com.aliyun.datahub.client.auth.AliyunAccount;
import com.aliyun.datahub.client.common.DatahubConfig;
import com.aliyun.datahub.client.exception.DatahubClientException;
import com.aliyun.datahub.client.http.HttpConfig;
import com.aliyun.datahub.client.model.CursorType;
import com.aliyun.datahub.client.model.GetRecordsResult;
import com.aliyun.datahub.client.model.RecordEntry;
import com.aliyun.datahub.client.model.RecordSchema;
import com.aliyun.datahub.client.model.SubscriptionOffset;
import com.aliyun.datahub.client.model.TupleRecordData;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program without Flink, as the SDK's manual shows it: a thread for each shard polls, calls the
 * function and commits the offset when all records of a poll are delivered. After a crash it
 * repeats what it had delivered of a poll, up to {@link #FETCH} records a shard.
 */
public final class PlainLoop implements Runnable {

  private static final int FETCH = 1000;
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonFactory JSON = MAPPER.getFactory();

  private final Assignment assignment;
  private final LoopFunction function;
  private final String shard;
  private final DatahubClient client;

  private PlainLoop(Assignment assignment, LoopFunction function, String shard) {
    this.assignment = assignment;
    this.function = function;
    this.shard = shard;
    this.client =
        DatahubClientBuilder.newBuilder()
            .setDatahubConfig(
                new DatahubConfig(
                    assignment.stream().toString(),
                    new AliyunAccount(Assignment.KEY_ID, Assignment.KEY_SECRET)))
            .setHttpConfig(new HttpConfig().setReadTimeout(10_000).setConnTimeout(10_000))
            .build();
  }

  /** Begins a thread for each shard. */
  public static void begin(Assignment assignment, LoopFunction function) {
    for (int i = 0; i < assignment.shards(); i++) {
      String shard = Integer.toString(i);
      new Thread(new PlainLoop(assignment, function, shard), "shard-" + shard).start();
    }
  }

  @Override
  public void run() {
    try {
      deliver();
    } catch (IOException e) {
      throw new IllegalStateException("shard " + shard, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver() throws IOException, InterruptedException {
    String project = Assignment.PROJECT;
    String topic = assignment.topic();
    RecordSchema schema = client.getTopic(project, topic).getRecordSchema();
    SubscriptionOffset offset =
        client
            .openSubscriptionSession(project, topic, assignment.subscription(), List.of(shard))
            .getOffsets()
            .get(shard);
    String cursor = client.getCursor(project, topic, shard, CursorType.OLDEST).getCursor();
    while (true) {
      GetRecordsResult fetched = poll(schema, cursor);
      List<RecordEntry> records = fetched.getRecords();
      if (records.isEmpty()) {
        TimeUnit.MILLISECONDS.sleep(Assignment.POLL_MILLIS);
        continue;
      }
      for (int from = 0; from < records.size(); from += assignment.records()) {
        int to = Math.min(from + assignment.records(), records.size());
        function.deliver(event(records.subList(from, to)));
      }
      RecordEntry last = records.get(records.size() - 1);
      offset.setSequence(last.getSequence());
      offset.setTimestamp(last.getSystemTime());
      client.commitSubscriptionOffset(
          project, topic, assignment.subscription(), Map.of(shard, offset));
      cursor = fetched.getNextCursor();
    }
  }

  private GetRecordsResult poll(RecordSchema schema, String cursor) throws InterruptedException {
    while (true) {
      try {
        return client.getRecords(
            Assignment.PROJECT, assignment.topic(), shard, schema, cursor, FETCH);
      } catch (DatahubClientException e) {
        TimeUnit.MILLISECONDS.sleep(Assignment.RETRY_MILLIS);
      }
    }
  }

  private byte[] event(List<RecordEntry> records) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("eventSource", "acs:datahub");
      json.writeStringField("eventName", "acs:datahub:putRecord");
      json.writeStringField(
          "eventSourceARN", "/projects/" + Assignment.PROJECT + "/topics/" + assignment.topic());
      json.writeStringField("region", "local");
      json.writeArrayFieldStart("records");
      for (RecordEntry record : records) {
        json.writeStartObject();
        json.writeStringField("eventId", shard + ":" + record.getSequence());
        json.writeNumberField("systemTime", record.getSystemTime());
        json.writeStringField("data", data((TupleRecordData) record.getRecordData()));
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static String data(TupleRecordData row) throws IOException {
    List<Object> columns = new ArrayList<>(1);
    for (int i = 0; i < row.getRecordSchema().getFields().size(); i++) {
      columns.add(row.getField(i));
    }
    return MAPPER.writeValueAsString(columns);
  }
}
