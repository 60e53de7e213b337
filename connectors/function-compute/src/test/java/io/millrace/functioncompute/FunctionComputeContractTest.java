// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.contract.FunctionAnswerContract;
import io.millrace.contract.FunctionConnectorContract;
import io.millrace.contract.FunctionInvokerContract;
import org.junit.jupiter.api.Nested;

/** What every function type promises, of both generations of Function Compute. */
final class FunctionComputeContractTest {

  @Nested
  final class Connector extends FunctionConnectorContract {
    Connector() {
      super(new FunctionComputeStage(false));
    }
  }

  @Nested
  final class Invoker extends FunctionInvokerContract {
    Invoker() {
      super(new FunctionComputeStage(false));
    }
  }

  @Nested
  final class Answers extends FunctionAnswerContract {
    Answers() {
      super(new FunctionComputeStage(false));
    }
  }

  @Nested
  final class Version3Connector extends FunctionConnectorContract {
    Version3Connector() {
      super(new FunctionComputeStage(true));
    }
  }

  @Nested
  final class Version3Invoker extends FunctionInvokerContract {
    Version3Invoker() {
      super(new FunctionComputeStage(true));
    }
  }

  @Nested
  final class Version3Answers extends FunctionAnswerContract {
    Version3Answers() {
      super(new FunctionComputeStage(true));
    }
  }
}
