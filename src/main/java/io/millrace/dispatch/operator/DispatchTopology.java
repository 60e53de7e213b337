// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.dispatch.ShardRecordTypeInfo;
import io.millrace.model.ShardRecord;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.transformations.SourceTransformation;

/** Puts the Dispatch operator behind a stream of records. */
public final class DispatchTopology {

  /** Name and, behind the sink's own uid, uid of the operator. */
  public static final String NAME = "dispatch";

  private DispatchTopology() {}

  /**
   * True when the stream comes straight from a source of this class.
   *
   * @throws IllegalArgumentException when it comes from one, but not straight: the operators in
   *     between would cut the lanes' hold on the source, and the ends of shards
   */
  public static boolean isFedBy(Class<?> source, DataStream<ShardRecord> stream) {
    Transformation<ShardRecord> last = stream.getTransformation();
    if (isSource(source, last)) {
      return true;
    }
    if (last.getTransitivePredecessors().stream().anyMatch(each -> isSource(source, each))) {
      throw new IllegalArgumentException(
          "'"
              + last.getName()
              + "' stands between the source and the functions; accepted: the sink directly behind"
              + " its source, because nothing else holds back a source whose functions fail");
    }
    return false;
  }

  private static boolean isSource(Class<?> source, Transformation<?> transformation) {
    return transformation instanceof SourceTransformation<?, ?, ?> found
        && source.isInstance(found.getSource());
  }

  /**
   * The undeliverable records of {@code input}. Where source and Dispatch share a task the records
   * are with their lanes' subtask already; else they are exchanged by key.
   */
  public static DataStream<ShardRecord> behind(
      DataStream<ShardRecord> input, DispatchSettings settings) {
    KeyedStream<ShardRecord, Integer> lanes =
        settings.chained()
            ? DataStreamUtils.reinterpretAsKeyedStream(input, ShardRecord::lane, Types.INT)
            : input.keyBy(ShardRecord::lane, Types.INT);
    SingleOutputStreamOperator<ShardRecord> undeliverable =
        lanes.transform(NAME, ShardRecordTypeInfo.INSTANCE, new DispatchOperatorFactory(settings));
    return undeliverable.uid(NAME);
  }
}
