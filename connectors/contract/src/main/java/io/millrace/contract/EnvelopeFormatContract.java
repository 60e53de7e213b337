// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import static io.millrace.contract.StreamScene.EARLIEST;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.model.ShardRecord;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the core relies on in an {@link EnvelopeFormat}: the event holds the records in order, its
 * size is known before it is rendered, and a retry renders the same bytes wherever it runs.
 */
@Timeout(300)
public abstract class EnvelopeFormatContract {

  private static final int SLACK = 200;

  private final StreamStage stage;
  private final StreamScene scene;
  private final EnvelopeFormat format;
  private List<ShardRecord> records;

  /**
   * @param stage of the connector
   */
  protected EnvelopeFormatContract(StreamStage stage) {
    this.stage = stage;
    this.scene = new StreamScene(stage);
    this.format = stage.connector().format(Configuration.fromMap(scene.options()));
  }

  @BeforeEach
  void readRecords() {
    scene.put(
        scene.first,
        "plain",
        "",
        "quo\"te \\ and\nline \u0001",
        "Zürich 🦈 \u2028",
        "x".repeat(5_000),
        "last");
    records = scene.readAll(scene.cursor(scene.first, EARLIEST));
    assertThat(records).hasSize(6);
  }

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void theEventIsJsonAndHoldsTheRecordsInOrder() throws Exception {
    for (int from = 0; from < records.size(); from++) {
      for (int to = from + 1; to <= records.size(); to++) {
        List<ShardRecord> some = records.subList(from, to);
        byte[] event = format.render(scene.first, some);

        assertThat(new ObjectMapper().readTree(event).isObject()).isTrue();
        assertThat(stage.texts(event)).isEqualTo(scene.texts(some));
      }
    }
  }

  /** Envelopes are cut by it: never too small, or the function refuses; never far too large. */
  @Test
  void theSizeIsKnownBefore() {
    for (int count = 1; count <= records.size(); count++) {
      List<ShardRecord> some = records.subList(0, count);
      int most = format.frameSize(scene.first) + some.stream().mapToInt(format::sizeOf).sum();

      assertThat(format.render(scene.first, some).length).isBetween(most - SLACK, most);
    }
  }

  @Test
  void theSameRecordsGiveTheSameBytesAnywhereAndAnyTime() throws Exception {
    List<byte[]> bodies = records.stream().map(record -> record.body().clone()).toList();
    EnvelopeFormat elsewhere = InstantiationUtil.clone(format);

    byte[] event = format.render(scene.first, records);
    stage.forward(scene.emulator, java.time.Duration.ofHours(1));

    assertThat(format.render(scene.first, records)).isEqualTo(event);
    assertThat(elsewhere.render(scene.first, records)).isEqualTo(event);
    assertThat(stage.connector().format(Configuration.fromMap(scene.options())))
        .extracting(again -> again.render(scene.first, records))
        .isEqualTo(event);
    assertThat(IntStream.range(0, records.size()))
        .as("bodies are not written into")
        .allSatisfy(i -> assertThat(records.get(i).body()).isEqualTo(bodies.get(i)));
  }
}
