// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import io.millrace.contract.FunctionAnswerContract;
import io.millrace.contract.FunctionConnectorContract;
import io.millrace.contract.FunctionInvokerContract;
import org.junit.jupiter.api.Nested;

/** What every function type promises. */
final class FunctionGraphContractTest {

  @Nested
  final class Connector extends FunctionConnectorContract {
    Connector() {
      super(new FunctionGraphStage());
    }
  }

  @Nested
  final class Invoker extends FunctionInvokerContract {
    Invoker() {
      super(new FunctionGraphStage());
    }
  }

  @Nested
  final class Answers extends FunctionAnswerContract {
    Answers() {
      super(new FunctionGraphStage());
    }
  }
}
