// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.contract.DeliveryLedgerContract;
import io.millrace.contract.EnvelopeFormatContract;
import io.millrace.contract.ShardCursorContract;
import io.millrace.contract.StartPositionContract;
import io.millrace.contract.StreamAnswerContract;
import io.millrace.contract.StreamClientContract;
import io.millrace.contract.StreamConnectorContract;
import org.junit.jupiter.api.Nested;

/** What every source type promises. */
final class DataHubContractTest {

  @Nested
  final class Connector extends StreamConnectorContract {
    Connector() {
      super(new DataHubStage());
    }
  }

  @Nested
  final class Client extends StreamClientContract {
    Client() {
      super(new DataHubStage());
    }
  }

  @Nested
  final class Answers extends StreamAnswerContract {
    Answers() {
      super(new DataHubStage());
    }
  }

  @Nested
  final class Cursors extends ShardCursorContract {
    Cursors() {
      super(new DataHubStage());
    }
  }

  @Nested
  final class Starts extends StartPositionContract {
    Starts() {
      super(new DataHubStage());
    }
  }

  @Nested
  final class Format extends EnvelopeFormatContract {
    Format() {
      super(new DataHubStage());
    }
  }

  @Nested
  final class Ledger extends DeliveryLedgerContract {
    Ledger() {
      super(new DataHubStage());
    }
  }
}
