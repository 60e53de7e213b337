// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import static io.millrace.contract.StreamScene.EARLIEST;
import static io.millrace.contract.StreamScene.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.credentials.Credentials;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.inquiry.Finding;
import io.millrace.model.Shard;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the core relies on in a {@link StreamClient}: the stream and its shards are told as they
 * are, and where they cannot be asked for, why, and what to do.
 */
@Timeout(300)
public abstract class StreamClientContract {

  private final StreamStage stage;
  private final StreamScene scene;

  /**
   * @param stage of the connector
   */
  protected StreamClientContract(StreamStage stage) {
    this.stage = stage;
    this.scene = new StreamScene(stage);
  }

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void describesTheStreamAndListsItsShards() {
    StreamClient.Factory factory = stage.factory(scene.options(), () -> keys("testkey"));
    StreamClient client = scene.client();

    assertThat(client.describe().join().name()).isEqualTo(factory.stream());
    assertThat(client.describe().join().kind()).isNotBlank().doesNotContain("\n");
    assertThat(client.shards().join())
        .containsExactly(
            new Shard(scene.first, 0, List.of(), true, true),
            new Shard(scene.second, 1, List.of(), true, true));
  }

  @Test
  void aLargeStreamIsListedWhole() {
    stage.recreate(scene.emulator, 250);

    List<Shard> shards = scene.client().shards().join();

    assertThat(shards).hasSize(250).allMatch(Shard::open).allMatch(Shard::readable);
    assertThat(shards).extracting(Shard::id).doesNotHaveDuplicates();
    assertThat(shards).extracting(Shard::ordinal).doesNotHaveDuplicates();
  }

  @Test
  void openingAsksNothing() {
    assertThat(scene.client().open(scene.first, 0, EARLIEST)).isNotNull();
    assertThat(scene.wire.calls()).isEmpty();
  }

  @Test
  void wrongSecretsAndMissingStreamsAreRefused() {
    StreamException secret = failure(scene.client(scene.options(), () -> keys("wr0ng")).describe());
    Map<String, String> other = new HashMap<>(scene.options());
    other.put(stage.streamKey(), "nosuch");
    StreamException stream = failure(scene.client(other, () -> keys("testkey")).describe());

    assertThat(secret.kind()).isEqualTo(Kind.REFUSED);
    assertThat(secret)
        .hasMessageContaining(stage.factory(scene.options(), () -> keys("x")).stream())
        .hasMessageContaining(", HTTP 40")
        .hasMessageNotContaining("wr0ng");
    assertThat(stream.kind()).isEqualTo(Kind.REFUSED);
    assertThat(stream).hasMessageContaining("/nosuch: ").hasMessageContaining(", HTTP 40");
  }

  @Test
  void throttlingIsToldOfAListingToo() {
    scene.strike(
        FaultRule.of(stage.service(), FaultKind.STATUS)
            .withErrorCode(stage.code(Kind.THROTTLED))
            .times(1));
    StreamClient client = scene.client();

    assertThat(failure(client.shards()).kind()).isEqualTo(Kind.THROTTLED);
    assertThat(client.shards().join()).hasSize(2);
  }

  @Test
  void anUnreachableServiceIsUnavailableAndComesBack() {
    StreamClient client = scene.client();
    stage.goDown(scene.emulator);

    StreamException failure = failure(client.describe());

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure).hasMessageContaining(stage.endpoint(scene.emulator).getAuthority());
    stage.comeUp(scene.emulator);
    assertThat(client.shards().join()).hasSize(2);
  }

  @Test
  void aRotatedSecretIsPickedUpByTheNextRequest() {
    scene.put(scene.first, "a");
    Credentials[] keys = {keys("testkey")};
    ShardCursor cursor =
        scene.client(scene.options(), () -> keys[0]).open(scene.first, 0, EARLIEST);
    assertThat(scene.texts(cursor)).containsExactly("a");
    scene.put(scene.first, "b");
    scene.emulator.setKeys(new ServiceKeys("testid", "rotated", Optional.empty()));
    assertThat(failure(cursor.fetch(10)).kind()).isEqualTo(Kind.REFUSED);

    keys[0] = keys("rotated");

    assertThat(scene.texts(cursor)).containsExactly("b");
  }

  @Test
  void temporaryKeysGoWithTheirToken() {
    try (StreamScene guarded =
        new StreamScene(
            stage, Emulator.builder().credentials("testid", "testkey", "STS_TOKEN_X").start())) {
      assertThat(shardsWith(guarded, Optional.of("STS_TOKEN_X")).shards().join()).hasSize(2);
      for (Optional<String> wrong : List.of(Optional.of("old"), Optional.<String>empty())) {
        assertThat(failure(shardsWith(guarded, wrong).shards()).kind()).isEqualTo(Kind.REFUSED);
      }
    }
  }

  private static StreamClient shardsWith(StreamScene guarded, Optional<String> token) {
    return guarded.client(guarded.options(), () -> new Credentials("testid", "testkey", token));
  }

  @Test
  void theEmulatorAnswersAsTheInquiryExpects() {
    scene.put(scene.first, "a", "b");
    scene.put(scene.second, "c");
    List<Finding> findings = new ArrayList<>();

    stage.factory(scene.options(), () -> keys("testkey")).inquiry(scene.wire).ask(findings::add);

    assertThat(findings)
        .hasSizeGreaterThan(5)
        .noneMatch(finding -> finding.verdict() == Finding.Verdict.DIFFERS);
  }

  private static Credentials keys(String secret) {
    return StreamScene.keys(secret);
  }
}
