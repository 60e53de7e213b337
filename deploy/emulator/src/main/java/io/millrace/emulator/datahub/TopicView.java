// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.FieldData;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.StringPair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a topic holds: the truth against which a delivery is judged. Reads are of the moment. */
public final class TopicView {

  private final Topic topic;

  TopicView(Topic topic) {
    this.topic = topic;
  }

  /**
   * A shard.
   *
   * @param parents the shard it was split from, or the two it was merged from
   * @param closedAt milliseconds since 1970; 0 while it is active
   * @param firstSequence of the oldest record that has not expired
   * @param nextSequence that the next record gets or would have got
   * @param count of the records that have not expired; several can share a sequence
   */
  public record ShardView(
      String id,
      boolean closed,
      long closedAt,
      List<String> parents,
      String beginHashKey,
      String endHashKey,
      long firstSequence,
      long nextSequence,
      long count) {}

  /**
   * A record.
   *
   * @param systemTime milliseconds since 1970
   * @param fields the bytes of a BLOB, or the text of each column, absent where it is null
   */
  public record RecordView(
      String shard,
      long sequence,
      long systemTime,
      Optional<String> partitionKey,
      Map<String, String> attributes,
      List<Optional<byte[]>> fields) {

    /** The fields as text. */
    public List<Optional<String>> columns() {
      return fields.stream().map(field -> field.map(bytes -> new String(bytes, UTF_8))).toList();
    }
  }

  public String project() {
    return topic.project();
  }

  public String name() {
    return topic.name();
  }

  public TopicSchema schema() {
    return topic.schema();
  }

  /** All shards, open and closed, in the order in which they were made. */
  public List<ShardView> shards() {
    return topic.consistently(() -> topic.shards().stream().map(TopicView::view).toList());
  }

  /**
   * One shard.
   *
   * @throws DataHubException if there is none
   */
  public ShardView shard(String id) {
    return view(topic.shard(id));
  }

  /** The records of a shard that have not expired. */
  public List<RecordView> records(String shardId) {
    ShardLog.Slice all = topic.shard(shardId).all();
    List<RecordView> views = new ArrayList<>(all.records().length);
    for (int i = 0; i < all.records().length; i++) {
      RecordEntry entry = RecordCodec.entry(all.records()[i]);
      Map<String, String> attributes = new LinkedHashMap<>();
      for (StringPair pair : entry.getAttributes().getAttributesList()) {
        attributes.put(pair.getKey(), pair.getValue());
      }
      String partitionKey = all.partitionKeys()[i];
      views.add(
          new RecordView(
              shardId,
              all.places()[i].sequence(),
              all.places()[i].time(),
              partitionKey.isEmpty() ? Optional.empty() : Optional.of(partitionKey),
              attributes,
              entry.getData().getDataList().stream().map(TopicView::value).toList()));
    }
    return views;
  }

  /** The number of records in all shards that have not expired. */
  public long count() {
    return shards().stream().mapToLong(ShardView::count).sum();
  }

  private static Optional<byte[]> value(FieldData field) {
    return field.hasValue() ? Optional.of(field.getValue().toByteArray()) : Optional.empty();
  }

  private static ShardView view(ShardLog shard) {
    long closedAt = shard.closedAt();
    return new ShardView(
        shard.id(),
        closedAt != 0,
        closedAt,
        shard.parents(),
        shard.range().beginText(),
        shard.range().endText(),
        shard.firstSequence(),
        shard.nextSequence(),
        shard.count());
  }
}
