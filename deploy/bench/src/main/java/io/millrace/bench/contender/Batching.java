// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.dispatch.ShardRecordTypeInfo;
import io.millrace.model.ShardRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Fills envelopes as Flink's manual shows it: a shard is a key, its records wait in list state
 * until there are enough or until a timer of {@link Assignment#LINGER_MILLIS} fires.
 */
final class Batching extends KeyedProcessFunction<String, ShardRecord, byte[]> {

  private static final long serialVersionUID = 1L;

  private final EnvelopeFormat format;
  private final int most;
  private transient ListState<ShardRecord> waiting;
  private transient ValueState<Integer> count;

  Batching(EnvelopeFormat format, int most) {
    this.format = format;
    this.most = most;
  }

  @Override
  public void open(OpenContext context) {
    waiting =
        getRuntimeContext()
            .getListState(new ListStateDescriptor<>("waiting", ShardRecordTypeInfo.INSTANCE));
    count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.INT));
  }

  @Override
  public void processElement(ShardRecord record, Context context, Collector<byte[]> out)
      throws Exception {
    Integer before = count.value();
    int now = before == null ? 1 : before + 1;
    waiting.add(record);
    if (now >= most) {
      emit(context.getCurrentKey(), out);
      return;
    }
    count.update(now);
    if (before == null) {
      long due = context.timerService().currentProcessingTime() + Assignment.LINGER_MILLIS;
      context.timerService().registerProcessingTimeTimer(due);
    }
  }

  /** A timer may come late for its own envelope; then it sends the next one a little early. */
  @Override
  public void onTimer(long time, OnTimerContext context, Collector<byte[]> out) throws Exception {
    if (count.value() != null) {
      emit(context.getCurrentKey(), out);
    }
  }

  private void emit(String shard, Collector<byte[]> out) throws Exception {
    List<ShardRecord> records = new ArrayList<>(most);
    waiting.get().forEach(records::add);
    out.collect(format.render(shard, records));
    waiting.clear();
    count.clear();
  }
}
