// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static io.millrace.dis.EmulatedStreams.EARLIEST;
import static io.millrace.dis.EmulatedStreams.FIRST;
import static io.millrace.dis.EmulatedStreams.SECOND;
import static io.millrace.dis.EmulatedStreams.STREAM;
import static io.millrace.dis.EmulatedStreams.after;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.emulator.dis.CheckpointCommit;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.ledger.DeliveryLedger.Entry;
import io.millrace.ledger.LedgerException;
import io.millrace.model.Position;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DisLedgerTest {

  private final EmulatedStreams streams = new EmulatedStreams();
  private DeliveryLedger ledger;

  @BeforeEach
  void create() {
    streams.dis().createStream(STREAM, 2);
    streams.put(FIRST, "a", "b", "c");
    ledger = new DisLedger.Factory(streams.stream()).open(streams);
  }

  @AfterEach
  void close() {
    ledger.close();
    streams.close();
  }

  @Test
  void makesTheAppAndKeepsPositions() {
    assertThat(ledger.open(FIRST).join()).isEqualTo(new Entry(EARLIEST, 0));
    assertThat(streams.dis().apps()).containsExactly("app1");
    ledger.write(FIRST, new Position(1, 0, 5)).join();
    assertThat(streams.dis().checkpoints("app1", STREAM)).containsEntry(FIRST, 1L);
    assertThat(ledger.open(FIRST).join()).isEqualTo(new Entry(after(1), 0));
    assertThat(ledger.open(SECOND).join()).isEqualTo(new Entry(EARLIEST, 0));
  }

  /** The newest write wins, also one of an older position: a shard may be moved back. */
  @Test
  void takesPositionsInAnyOrder() {
    ledger.open(FIRST).join();
    ledger.write(FIRST, new Position(2, 0, 5)).join();
    ledger.write(FIRST, new Position(0, 0, 5)).join();
    assertThat(ledger.open(FIRST).join().next()).isEqualTo(after(0));
    assertThat(streams.dis().commits())
        .extracting(CheckpointCommit::sequence)
        .containsExactly(2L, 0L);
  }

  /** There is nothing in DIS by which an owner could be told. */
  @Test
  void fencesNobody() {
    ledger.open(FIRST).join();
    DeliveryLedger other = new DisLedger.Factory(streams.stream()).open(streams);
    other.open(FIRST).join();
    ledger.write(FIRST, new Position(1, 0, 5)).join();
    assertThat(ledger.moved(List.of(FIRST)).join()).isEmpty();
    assertThat(new DisLedger.Factory(streams.stream()).warnings())
        .singleElement()
        .asString()
        .contains("the lease alone");
  }

  @Test
  void aPartitionThatHasExpiredNeedsNoPosition() {
    ledger.open(FIRST).join();
    FaultRule expired =
        FaultRule.of(FaultTarget.DIS, FaultKind.STATUS).withErrorCode("DIS.4319").times(1);
    streams.dis().faults().add(expired);
    assertThat(ledger.write(FIRST, new Position(1, 0, 5))).succeedsWithin(Duration.ofMinutes(2));
    streams.dis().faults().add(expired);
    assertThat(ledger.open(FIRST).join()).isEqualTo(new Entry(EARLIEST, 0));
  }

  private static LedgerException failure(CompletableFuture<?> call) {
    Throwable thrown = catchThrowable(call::join);
    assertThat(thrown).hasCauseInstanceOf(LedgerException.class);
    return (LedgerException) thrown.getCause();
  }
}
