// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import static io.millrace.contract.StreamScene.EARLIEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.credentials.CredentialsProvider.MissingCredentialException;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.http.HttpFailure;
import io.millrace.http.HttpTransport;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.ledger.LedgerException;
import io.millrace.ledger.LedgerException.Kind;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.options.OptionException;
import io.millrace.source.StreamException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the core relies on in a {@link DeliveryLedger}: what was written last is where reading goes
 * on, whoever asks; each call is one request, and its failure says what to do.
 *
 * <p>Whether a store fences owners and tells of moves by hand is each store's own, and tested with
 * it.
 */
@Timeout(300)
public abstract class DeliveryLedgerContract {

  private static final CredentialsProvider KEYS = () -> StreamScene.keys("testkey");

  private final StreamStage stage;
  private final StreamScene scene;
  private String store;
  private DeliveryLedger ledger;
  private List<ShardRecord> records;

  /**
   * @param stage of the connector
   */
  protected DeliveryLedgerContract(StreamStage stage) {
    this.stage = stage;
    this.scene = new StreamScene(stage);
  }

  @BeforeEach
  void createStore() {
    scene.put(scene.first, "a", "b", "c", "d");
    records = scene.readAll(scene.cursor(scene.first, EARLIEST));
    store = stage.createStore(scene.emulator);
    ledger = ledger(KEYS, scene.wire);
  }

  @AfterEach
  void close() {
    ledger.close();
    scene.close();
  }

  private Map<String, String> options(String named) {
    Map<String, String> options = scene.options();
    options.put(stage.storeKey(), named);
    return options;
  }

  private DeliveryLedger ledger(CredentialsProvider credentials, HttpTransport transport) {
    return factory(options(store), credentials).open(transport);
  }

  private DeliveryLedger.Factory factory(
      Map<String, String> options, CredentialsProvider credentials) {
    return stage.connector().ledger(Configuration.fromMap(options), credentials);
  }

  /** Where a ledger of somebody else's finds the shard, and what is read from there. */
  private List<String> goesOn(String shard) {
    StartPosition next = ledger(KEYS, scene.wire).open(shard).join().next();
    return scene.texts(scene.cursor(shard, next));
  }

  private static LedgerException failure(CompletableFuture<?> call) {
    Throwable thrown = catchThrowable(call::join);
    assertThat(thrown).hasCauseInstanceOf(LedgerException.class);
    assertThat(thrown.getCause().getMessage()).doesNotContain("\n", "testkey");
    return (LedgerException) thrown.getCause();
  }

  private Position position(int record) {
    return records.get(record).position();
  }

  // ---- what is kept ----

  @Test
  void aShardOfWhichNothingIsKeptBeginsAtItsOldestRecord() {
    assertThat(ledger.open(scene.first).join().next()).isEqualTo(EARLIEST);
    assertThat(ledger.open(scene.second).join().next()).isEqualTo(EARLIEST);
  }

  @Test
  void whatWasWrittenIsWhereReadingGoesOn() {
    ledger.open(scene.first).join();
    for (int record = 0; record < records.size(); record++) {
      ledger.write(scene.first, position(record)).join();

      assertThat(goesOn(scene.first))
          .isEqualTo(scene.texts(records.subList(record + 1, records.size())));
      ledger.open(scene.first).join();
    }
    assertThat(goesOn(scene.second)).isEmpty();
    assertThat(ledger.open(scene.second).join().next()).isEqualTo(EARLIEST);
  }

  /** Many shards that are delivered at once cost one request where the store allows it. */
  @Test
  void whatWasWrittenTogetherIsWhereReadingGoesOn() {
    scene.put(scene.second, "x", "y");
    List<ShardRecord> others = scene.readAll(scene.cursor(scene.second, EARLIEST));
    ledger.open(scene.first).join();
    ledger.open(scene.second).join();

    Map<String, Position> delivered =
        Map.of(scene.first, position(1), scene.second, others.get(0).position());

    if (ledger.mostTogether() == 1) {
      assertThatThrownBy(() -> ledger.write(delivered))
          .isInstanceOf(UnsupportedOperationException.class);
    } else {
      ledger.write(delivered).join();
      assertThat(goesOn(scene.first)).containsExactly("c", "d");
      assertThat(goesOn(scene.second)).containsExactly("y");
    }
  }

  /** A shard may be moved back: the newest write wins, whatever it says. */
  @Test
  void theNewestWriteWins() {
    ledger.open(scene.first).join();
    ledger.write(scene.first, position(2)).join();
    ledger.write(scene.first, position(0)).join();

    assertThat(goesOn(scene.first)).containsExactly("b", "c", "d");
  }

  @Test
  void itsOwnWritesAreNoMoves() {
    ledger.open(scene.first).join();
    long version = ledger.open(scene.first).join().version();
    ledger.write(scene.first, position(1)).join();
    ledger.write(scene.first, position(2)).join();

    assertThat(ledger.moved(List.of(scene.first, scene.second)).join()).isEmpty();
    assertThat(ledger.open(scene.first).join().version()).isEqualTo(version);
  }

  @Test
  void aStreamCanBeginWhereItStandsWithoutTakingItOver() {
    StartPosition start = new StartPosition.Subscription();
    var client = scene.client(options(store), KEYS);
    assertThat(client.resolve(scene.first, start).join()).isEqualTo(EARLIEST);
    ledger.open(scene.first).join();
    ledger.write(scene.first, position(1)).join();

    StartPosition resolved = client.resolve(scene.first, start).join();

    assertThat(scene.texts(scene.cursor(scene.first, resolved))).containsExactly("c", "d");
    ledger.write(scene.first, position(2)).join();
  }

  // ---- failures ----

  @Test
  void saysWhatAFailureAsksForAndGoesOnAfterwards() {
    ledger.open(scene.first).join();
    for (FaultKind fault :
        List.of(FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER, FaultKind.HTML, FaultKind.TRUNCATE)) {
      scene.strike(FaultRule.of(stage.service(), fault).times(1));
      assertThat(failure(ledger.open(scene.first)).kind()).isEqualTo(Kind.UNAVAILABLE);
    }
    assertKind(stage.code(StreamException.Kind.THROTTLED), Kind.UNAVAILABLE);
    assertKind(stage.code(StreamException.Kind.UNAVAILABLE), Kind.UNAVAILABLE);
    assertKind(stage.code(StreamException.Kind.REFUSED), Kind.REFUSED);
    assertKind(stage.storeGone(), Kind.REFUSED);

    ledger.open(scene.first).join();
    ledger.write(scene.first, position(1)).join();
    assertThat(goesOn(scene.first)).containsExactly("c", "d");
  }

  private void assertKind(String code, Kind kind) {
    scene.strike(FaultRule.of(stage.service(), FaultKind.STATUS).withErrorCode(code).times(1));
    LedgerException refused = failure(ledger.write(scene.first, position(0)));
    assertThat(refused.kind()).as(code).isEqualTo(kind);
    assertThat(refused)
        .hasMessageContaining(store)
        .hasMessageContaining(scene.first + ": " + code + ", HTTP ")
        .hasMessageContaining("(request ");
  }

  @Test
  void eachCallIsOneRequest() {
    scene.wire.calls().clear();
    ledger.open(scene.first).join();
    ledger.write(scene.first, position(0)).join();
    assertThat(scene.wire.calls()).hasSize(2);
    scene.strike(FaultRule.of(stage.service(), FaultKind.DROP_AFTER).times(1));
    assertThat(failure(ledger.write(scene.first, position(1)))).isNotNull();
    assertThat(scene.wire.calls()).hasSize(3);
  }

  @Test
  void aWrongSecretIsRefusedAndARotatedOneIsPickedUp() {
    ledger.open(scene.first).join();
    scene.emulator.setKeys(new ServiceKeys("testid", "rotated", Optional.empty()));
    assertThat(failure(ledger.write(scene.first, position(0))).kind()).isEqualTo(Kind.REFUSED);

    DeliveryLedger renewed = ledger(() -> StreamScene.keys("rotated"), scene.wire);
    renewed.open(scene.first).join();
    renewed.write(scene.first, position(0)).join();
  }

  @Test
  void missingCredentialsAreRefusedAndAskNothing() {
    ScriptedTransport none = new ScriptedTransport();
    DeliveryLedger without =
        ledger(
            () -> {
              throw new MissingCredentialException("${SECRET} is not set or empty on host h");
            },
            none);

    LedgerException failure = failure(without.open(scene.first));

    assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
    assertThat(failure).hasMessageEndingWith("${SECRET} is not set or empty on host h");
    assertThat(none.calls()).isEmpty();
  }

  @Test
  void unansweredRequestsAreToldAsWhatTheyAre() {
    ScriptedTransport none = new ScriptedTransport();
    DeliveryLedger unanswered = ledger(KEYS, none);
    for (HttpFailure.Kind kind : HttpFailure.Kind.values()) {
      none.fail(new HttpFailure(kind, "https://h: x", null));
      LedgerException failure = failure(unanswered.open(scene.first));
      assertThat(failure.kind())
          .isEqualTo(kind == HttpFailure.Kind.TLS_REFUSED ? Kind.REFUSED : Kind.UNAVAILABLE);
      assertThat(failure).hasMessageEndingWith("https://h: x");
    }
  }

  @Test
  void aServiceThatIsDownIsUnavailableAndComesBack() {
    ledger.open(scene.first).join();
    stage.goDown(scene.emulator);
    await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () ->
                assertThat(failure(ledger.write(scene.first, position(0))).kind())
                    .isEqualTo(Kind.UNAVAILABLE));
    stage.comeUp(scene.emulator);

    // The client may have another connection of which it has not seen yet that it was cut.
    await()
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptionsInstanceOf(CompletionException.class)
        .untilAsserted(() -> ledger.write(scene.first, position(0)).join());
    assertThat(goesOn(scene.first)).containsExactly("b", "c", "d");
  }

  @Test
  void noCallWaitsForItsAnswerAndClosingEndsAll() {
    ledger.open(scene.first).join();
    scene.strike(FaultRule.of(stage.service(), FaultKind.HANG));
    CompletableFuture<Void> write = ledger.write(scene.first, position(0));
    CompletableFuture<DeliveryLedger.Entry> open = ledger.open(scene.second);
    assertThat(write).isNotDone();
    assertThat(open).isNotDone();

    ledger.close();

    assertThat(failure(write).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure(open).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure(ledger.open(scene.first)).kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  // ---- the factory ----

  @Test
  void needsTheNameOfAStore() {
    assertThatThrownBy(() -> factory(scene.options(), KEYS))
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith(stage.storeKey() + ": missing; accepted: ")
        .hasMessageContaining("delivery.ledger: source writes");
  }

  @Test
  void travelsInTheJobGraphAndSaysWhatItIs() throws Exception {
    DeliveryLedger.Factory factory =
        factory(options(store), io.millrace.credentials.ReferencedCredentials.of("id", "${S}"));

    assertThat(factory.ledger()).contains(store).contains(" of ");
    assertThat(InstantiationUtil.clone(factory).ledger()).isEqualTo(factory.ledger());
    assertThat(stage.factory(options(store), KEYS).subscription()).contains(store);
    assertThat(stage.factory(options(store), KEYS).subscriptionOption())
        .isEqualTo(stage.storeKey());
  }
}
