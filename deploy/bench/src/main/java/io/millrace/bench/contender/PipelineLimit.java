// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.job.TriggerSpec;
import io.millrace.model.ShardRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * Source, assembling of events, and nothing: in one task, without state, order or calls. What is
 * read and never fills an envelope is left.
 */
final class PipelineLimit {

  private PipelineLimit() {}

  static Cluster begin(Assignment assignment) throws Exception {
    StreamExecutionEnvironment env = Cluster.environment(assignment);
    TriggerSpec spec = FlinkPeers.spec(assignment);
    FlinkPeers.records(env, spec)
        .flatMap(new Assembly(spec.format(), assignment.records()))
        .returns(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
        .sinkTo(new DiscardingSink<>());
    Cluster cluster = Cluster.run(env, "limit", assignment);
    Tally.tell();
    return cluster;
  }

  private static final class Assembly implements FlatMapFunction<ShardRecord, byte[]> {
    private static final long serialVersionUID = 1L;

    private final EnvelopeFormat format;
    private final int most;
    private transient Map<String, List<ShardRecord>> open;

    Assembly(EnvelopeFormat format, int most) {
      this.format = format;
      this.most = most;
    }

    @Override
    public void flatMap(ShardRecord record, Collector<byte[]> out) {
      if (open == null) {
        open = new HashMap<>();
      }
      List<ShardRecord> records =
          open.computeIfAbsent(record.shard(), first -> new ArrayList<>(most));
      records.add(record);
      if (records.size() == most) {
        out.collect(format.render(record.shard(), records));
        Tally.add(most);
        records.clear();
      }
    }
  }
}
