// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.getindata;

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
import com.aliyun.datahub.client.model.TupleRecordData;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.source.RichParallelSourceFunction;

/**
 * Reads a topic with DataHub's SDK, as a job without a connector for it does: each subtask polls
 * its shards in turn, and where it is in each of them is in its checkpoint. Emits records in JSON,
 * each as its object in the event, or as an event of its own.
 */
@SuppressWarnings("deprecation") // Flink 1.20's way to a source of a few lines
final class PollingSource extends RichParallelSourceFunction<String>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;

  private static final int FETCH = 1000;
  private static final int RETRY_MILLIS = 100;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Properties assignment;
  private final boolean whole;
  private final Map<String, Long> next = new HashMap<>();
  private transient ListState<Tuple2<String, Long>> positions;
  private volatile boolean running = true;

  /**
   * @param whole whether each record is an event of its own
   */
  PollingSource(Properties assignment, boolean whole) {
    this.assignment = assignment;
    this.whole = whole;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    positions =
        context
            .getOperatorStateStore()
            .getUnionListState(
                new ListStateDescriptor<>("positions", Types.TUPLE(Types.STRING, Types.LONG)));
    for (Tuple2<String, Long> position : positions.get()) {
      next.put(position.f0, position.f1);
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    List<Tuple2<String, Long>> all = new ArrayList<>();
    next.forEach((shard, sequence) -> all.add(Tuple2.of(shard, sequence)));
    positions.update(all);
  }

  @Override
  public void run(SourceContext<String> context) throws Exception {
    String project = assignment.getProperty("project");
    String topic = assignment.getProperty("topic");
    DatahubClient client =
        DatahubClientBuilder.newBuilder()
            .setDatahubConfig(
                new DatahubConfig(
                    assignment.getProperty("stream"),
                    new AliyunAccount(
                        assignment.getProperty("key-id"), assignment.getProperty("key-secret"))))
            .setHttpConfig(new HttpConfig().setReadTimeout(10_000).setConnTimeout(10_000))
            .build();
    RecordSchema schema = client.getTopic(project, topic).getRecordSchema();
    Map<String, String> cursors = new HashMap<>();
    int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    int subtasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    for (int i = subtask; i < GetindataMain.number(assignment, "shards"); i += subtasks) {
      String shard = Integer.toString(i);
      Long from = next.get(shard);
      cursors.put(
          shard,
          (from == null
                  ? client.getCursor(project, topic, shard, CursorType.OLDEST)
                  : client.getCursor(project, topic, shard, CursorType.SEQUENCE, from))
              .getCursor());
    }
    // Those of other subtasks are theirs to remember.
    next.keySet().retainAll(cursors.keySet());
    while (running) {
      boolean idle = true;
      for (Map.Entry<String, String> cursor : cursors.entrySet()) {
        GetRecordsResult fetched;
        try {
          fetched =
              client.getRecords(project, topic, cursor.getKey(), schema, cursor.getValue(), FETCH);
        } catch (DatahubClientException e) {
          TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
          continue;
        }
        idle &= fetched.getRecords().isEmpty();
        emit(context, cursor.getKey(), fetched.getRecords());
        cursor.setValue(fetched.getNextCursor());
      }
      if (idle) {
        TimeUnit.MILLISECONDS.sleep(GetindataMain.number(assignment, "poll-millis"));
      }
    }
  }

  private void emit(SourceContext<String> context, String shard, List<RecordEntry> records)
      throws IOException {
    synchronized (context.getCheckpointLock()) {
      for (RecordEntry record : records) {
        context.collect(text(shard, record));
        next.put(shard, record.getSequence() + 1);
      }
    }
  }

  private String text(String shard, RecordEntry record) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = MAPPER.getFactory().createGenerator(text)) {
      if (whole) {
        json.writeStartObject();
        json.writeStringField("eventSource", "acs:datahub");
        json.writeStringField("eventName", "acs:datahub:putRecord");
        json.writeStringField(
            "eventSourceARN",
            "/projects/"
                + assignment.getProperty("project")
                + "/topics/"
                + assignment.getProperty("topic"));
        json.writeStringField("region", "local");
        json.writeArrayFieldStart("records");
      }
      json.writeStartObject();
      json.writeStringField("eventId", shard + ":" + record.getSequence());
      json.writeNumberField("systemTime", record.getSystemTime());
      json.writeStringField("data", data((TupleRecordData) record.getRecordData()));
      json.writeEndObject();
      if (whole) {
        json.writeEndArray();
        json.writeEndObject();
      }
    }
    return text.toString();
  }

  private static String data(TupleRecordData row) throws IOException {
    List<Object> columns = new ArrayList<>(1);
    for (int i = 0; i < row.getRecordSchema().getFields().size(); i++) {
      columns.add(row.getField(i));
    }
    return MAPPER.writeValueAsString(columns);
  }

  @Override
  public void cancel() {
    running = false;
  }
}
