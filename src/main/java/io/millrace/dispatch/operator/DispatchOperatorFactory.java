// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.control.DispatchCoordinator;
import io.millrace.control.JsonAnswer;
import io.millrace.control.Pull;
import io.millrace.control.PullAnswer;
import io.millrace.model.ShardRecord;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.jobgraph.tasks.TaskOperatorEventGateway;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.CoordinatedOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.legacy.YieldingOperatorFactory;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.InstantiationUtil;
import org.apache.flink.util.SerializedValue;

/** Makes Dispatch operators, and their coordinator on the JobManager. */
@SuppressWarnings("deprecation") // the only way to a mailbox that can yield
public final class DispatchOperatorFactory extends AbstractStreamOperatorFactory<ShardRecord>
    implements OneInputStreamOperatorFactory<ShardRecord, ShardRecord>,
        CoordinatedOperatorFactory<ShardRecord>,
        YieldingOperatorFactory<ShardRecord> {

  private static final long serialVersionUID = 1L;

  private final DispatchSettings settings;

  public DispatchOperatorFactory(DispatchSettings settings) {
    this.settings = settings;
    setChainingStrategy(ChainingStrategy.ALWAYS);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T extends StreamOperator<ShardRecord>> T createStreamOperator(
      StreamOperatorParameters<ShardRecord> parameters) {
    OperatorID id = parameters.getStreamConfig().getOperatorID();
    TaskOperatorEventGateway toCoordinator =
        parameters.getContainingTask().getEnvironment().getOperatorCoordinatorEventGateway();
    ClassLoader userCode = parameters.getContainingTask().getUserCodeClassLoader();
    return (T)
        new DispatchOperator(
            parameters,
            settings,
            getMailboxExecutor(),
            pull -> ask(toCoordinator, id, pull, userCode));
  }

  private static CompletableFuture<PullAnswer> ask(
      TaskOperatorEventGateway gateway, OperatorID id, Pull pull, ClassLoader userCode) {
    try {
      return gateway
          .sendRequestToCoordinator(id, new SerializedValue<>(pull))
          .thenApply(response -> read(response, userCode));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static PullAnswer read(CoordinationResponse response, ClassLoader userCode) {
    try {
      return InstantiationUtil.deserializeObject(JsonAnswer.bytes(response), userCode);
    } catch (IOException | ClassNotFoundException e) {
      throw new FlinkRuntimeException("unreadable answer of the coordinator", e);
    }
  }

  @Override
  public OperatorCoordinator.Provider getCoordinatorProvider(
      String operatorName, OperatorID operatorID) {
    return new DispatchCoordinator.Provider(
        operatorID, settings.trigger(), settings.invoker().function());
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return DispatchOperator.class;
  }
}
