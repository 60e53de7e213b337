// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.dispatch.ShardRecordTypeInfo;
import io.millrace.http.HttpSettings;
import io.millrace.http.SharedTransport;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.options.OptionException;
import io.millrace.source.enumerator.EnumeratorState;
import io.millrace.source.enumerator.EnumeratorStateSerializer;
import io.millrace.source.enumerator.ShardEnumerator;
import io.millrace.source.reader.ShardReader;
import java.util.Objects;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SupportsSplitReassignmentOnRecovery;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Reads the shards of a stream, without end. Each shard is read in order by the subtask that owns
 * its lane; a shard that continues others is begun when their lanes have passed their ends and a
 * completed checkpoint says so.
 *
 * <p>Made for {@link io.millrace.dispatch} behind it in the same task, which tells when a lane is
 * full and when it has passed its end. The job needs {@code pipeline.max-parallelism} 1024 and
 * checkpoints: starting at LATEST and children of ended shards wait for one.
 */
@PublicEvolving
public final class ShardStreamSource
    implements Source<ShardRecord, ShardSplit, EnumeratorState>,
        SupportsSplitReassignmentOnRecovery,
        ResultTypeQueryable<ShardRecord> {

  private static final long serialVersionUID = 1L;

  private final StreamConnection.Factory stream;
  private final StartPosition start;
  private final SourceSettings settings;

  ShardStreamSource(StreamConnection.Factory stream, StartPosition start, SourceSettings settings) {
    this.stream = Objects.requireNonNull(stream, "stream");
    this.start = Objects.requireNonNull(start, "start");
    this.settings = Objects.requireNonNull(settings, "settings");
  }

  /**
   * The source of a stream.
   *
   * @param client opens clients of the stream
   * @param start where a job that was not restored begins
   * @param options of {@link SourceOptions}
   * @throws OptionException naming the first option that is not accepted
   */
  public static ShardStreamSource of(
      StreamClient.Factory client, StartPosition start, ReadableConfig options) {
    return of(client, start, options, HttpSettings.DEFAULT);
  }

  /** A source with settings of its own for the transport. */
  public static ShardStreamSource of(
      StreamClient.Factory client, StartPosition start, ReadableConfig options, HttpSettings http) {
    return new ShardStreamSource(
        new StreamConnection.Factory(client, job -> SharedTransport.acquire(job, http)),
        start,
        SourceSettings.from(options));
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<ShardRecord, ShardSplit> createReader(SourceReaderContext context) {
    return ShardReader.open(context, stream, settings);
  }

  @Override
  public SplitEnumerator<ShardSplit, EnumeratorState> createEnumerator(
      SplitEnumeratorContext<ShardSplit> context) {
    return ShardEnumerator.fresh(context, stream, start, settings);
  }

  @Override
  public SplitEnumerator<ShardSplit, EnumeratorState> restoreEnumerator(
      SplitEnumeratorContext<ShardSplit> context, EnumeratorState state) {
    return ShardEnumerator.restored(context, stream, start, settings, state);
  }

  @Override
  public SimpleVersionedSerializer<ShardSplit> getSplitSerializer() {
    return ShardSplitSerializer.INSTANCE;
  }

  @Override
  public SimpleVersionedSerializer<EnumeratorState> getEnumeratorCheckpointSerializer() {
    return EnumeratorStateSerializer.INSTANCE;
  }

  @Override
  public TypeInformation<ShardRecord> getProducedType() {
    return ShardRecordTypeInfo.INSTANCE;
  }
}
