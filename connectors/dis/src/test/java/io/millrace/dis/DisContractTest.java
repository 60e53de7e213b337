// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import io.millrace.contract.DeliveryLedgerContract;
import io.millrace.contract.EnvelopeFormatContract;
import io.millrace.contract.ShardCursorContract;
import io.millrace.contract.StartPositionContract;
import io.millrace.contract.StreamAnswerContract;
import io.millrace.contract.StreamClientContract;
import io.millrace.contract.StreamConnectorContract;
import org.junit.jupiter.api.Nested;

/** What every source type promises. */
final class DisContractTest {

  @Nested
  final class Connector extends StreamConnectorContract {
    Connector() {
      super(new DisStage());
    }
  }

  @Nested
  final class Client extends StreamClientContract {
    Client() {
      super(new DisStage());
    }
  }

  @Nested
  final class Answers extends StreamAnswerContract {
    Answers() {
      super(new DisStage());
    }
  }

  @Nested
  final class Cursors extends ShardCursorContract {
    Cursors() {
      super(new DisStage());
    }
  }

  @Nested
  final class Starts extends StartPositionContract {
    Starts() {
      super(new DisStage());
    }
  }

  @Nested
  final class Format extends EnvelopeFormatContract {
    Format() {
      super(new DisStage());
    }
  }

  @Nested
  final class Ledger extends DeliveryLedgerContract {
    Ledger() {
      super(new DisStage());
    }
  }
}
