// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static io.millrace.datahub.EmulatedTopics.PROJECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.model.SubscriptionOffset;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.ledger.DeliveryLedger.Entry;
import io.millrace.ledger.LedgerException;
import io.millrace.ledger.LedgerException.Kind;
import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The ledger on the emulator, beside the vendor's own client. */
@Timeout(300)
final class DataHubLedgerTest {

  private static final String TOPIC = "orders";

  private final EmulatedTopics topics = new EmulatedTopics();
  private String subscription;
  private DeliveryLedger ledger;

  @BeforeEach
  void create() {
    topics.dataHub().createTopic(PROJECT, TOPIC, TopicSchema.ofStrings("v"), 2, 3);
    subscription = topics.dataHub().subscribe(PROJECT, TOPIC, "ours");
    ledger = ledger(subscription);
  }

  @AfterEach
  void close() {
    ledger.close();
    topics.close();
  }

  private DeliveryLedger ledger(String id) {
    return new DataHubLedger.Factory(
            new DataHubStream(
                topics.emulator.dataHubEndpoint(),
                "/projects/" + PROJECT + "/topics/" + TOPIC,
                id,
                WireForm.DEFAULT,
                EventForm.DEFAULT,
                () -> EmulatedTopics.keys(Optional.empty())))
        .open(topics);
  }

  private SubscriptionOffset stored(String shard) {
    DatahubClient sdk = topics.sdk();
    return sdk.getSubscriptionOffset(PROJECT, TOPIC, subscription, List.of(shard))
        .getOffsets()
        .get(shard);
  }

  @Test
  void keepsPositionsWhereTheVendorsClientFindsThem() {
    assertThat(ledger.open("0").join()).isEqualTo(new Entry(new StartPosition.Earliest(), 0));

    ledger.write("0", new Position(41, 2, 1_463_000_123_000L)).join();

    assertThat(stored("0").getSequence()).isEqualTo(41);
    assertThat(stored("0").getBatchIndex()).isEqualTo(2);
    assertThat(stored("0").getTimestamp()).isEqualTo(1_463_000_123_000L);
    assertThat(stored("1").getSequence()).isNegative();
    assertThat(ledger(subscription).open("0").join().next())
        .isEqualTo(new StartPosition.After(new Position(41, 2, 1_463_000_123_000L)));
  }

  @Test
  void whoeverOpensItLastHasIt() {
    ledger.open("0").join();
    ledger.open("1").join();
    topics.sdk().openSubscriptionSession(PROJECT, TOPIC, subscription, List.of("0"));

    LedgerException stolen = failure(ledger.write("0", new Position(1, 0, 1)));
    assertThat(stolen.kind()).isEqualTo(Kind.STOLEN);
    assertThat(stolen).hasMessageContaining(subscription).hasMessageContaining("shard 0");
    ledger.write("1", new Position(1, 0, 1)).join();
    ledger.open("0").join();
    ledger.write("0", new Position(1, 0, 1)).join();
  }

  @Test
  void findsWhatWasResetByHand() {
    ledger.open("0").join();
    ledger.open("1").join();
    ledger.write("0", new Position(9, 0, 1_000)).join();
    assertThat(ledger.moved(List.of("0", "1")).join()).isEmpty();

    SubscriptionOffset back = new SubscriptionOffset();
    back.setSequence(4);
    back.setTimestamp(1_000);
    topics.sdk().resetSubscriptionOffset(PROJECT, TOPIC, subscription, Map.of("0", back));

    assertThat(ledger.moved(List.of("0", "1")).join()).containsExactly("0");
    assertThat(failure(ledger.write("0", new Position(10, 0, 1))).kind()).isEqualTo(Kind.MOVED);
    assertThat(ledger.open("0").join())
        .isEqualTo(new Entry(new StartPosition.After(new Position(4, 0, 1_000)), 1));
    ledger.write("0", new Position(5, 0, 1)).join();
    assertThat(ledger.moved(List.of("0", "1")).join()).isEmpty();
  }

  @Test
  void aTimeAloneIsAPlaceToo() {
    SubscriptionOffset time = new SubscriptionOffset();
    time.setSequence(-1);
    time.setTimestamp(1_463_000_123_000L);
    topics.sdk().resetSubscriptionOffset(PROJECT, TOPIC, subscription, Map.of("0", time));
    assertThat(ledger.open("0").join().next()).isEqualTo(new StartPosition.At(1_463_000_123_000L));
  }

  @Test
  void saysWhatAFailureAsksFor() {
    ledger.open("0").join();
    FaultRule status = FaultRule.of(FaultTarget.DATAHUB, FaultKind.STATUS);
    topics.dataHub().faults().add(status.withErrorCode("NoSuchShard").times(1));
    assertThat(failure(ledger.write("0", new Position(1, 0, 1))).kind()).isEqualTo(Kind.GONE);
    topics.dataHub().faults().add(status.withErrorCode("SubscriptionOffline").times(1));
    assertThat(failure(ledger.write("0", new Position(1, 0, 1))).kind()).isEqualTo(Kind.REFUSED);

    DeliveryLedger none = ledger("nosuch");
    assertThat(failure(none.open("0")).kind()).isEqualTo(Kind.REFUSED);
    none.close();
  }

  private static LedgerException failure(CompletableFuture<?> call) {
    Throwable thrown = catchThrowable(call::join);
    assertThat(thrown).hasCauseInstanceOf(LedgerException.class);
    return (LedgerException) thrown.getCause();
  }
}
