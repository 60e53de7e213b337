// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.micro;

import java.lang.reflect.Proxy;
import java.util.Map;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.TaskInfoImpl;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.connector.source.RichSourceReaderContext;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.metrics.groups.InternalSourceReaderMetricGroup;
import org.apache.flink.runtime.metrics.scope.ScopeFormat;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/** A task of which there is only what a reader asks for, and no coordinator. */
final class BareReaderContext extends RichSourceReaderContext {

  private static final int MAX_PARALLELISM = 1024;

  private final SourceReaderMetricGroup metrics =
      InternalSourceReaderMetricGroup.mock(
          new UnregisteredMetricsGroup() {
            @Override
            public Map<String, String> getAllVariables() {
              return Map.of(
                  ScopeFormat.SCOPE_JOB_ID, "bench", ScopeFormat.SCOPE_TASK_ATTEMPT_ID, "bench");
            }
          });

  BareReaderContext() {
    TaskInfo task = new TaskInfoImpl("reader", MAX_PARALLELISM, 0, 1, 0);
    setRuntimeContext(
        (RuntimeContext)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {RuntimeContext.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("getTaskInfo")) {
                    return task;
                  }
                  throw new UnsupportedOperationException(method.getName());
                }));
  }

  @Override
  public SourceReaderMetricGroup metricGroup() {
    return metrics;
  }

  @Override
  public Configuration getConfiguration() {
    return new Configuration();
  }

  @Override
  public String getLocalHostName() {
    return "localhost";
  }

  @Override
  public int getIndexOfSubtask() {
    return 0;
  }

  @Override
  public void sendSplitRequest() {}

  @Override
  public void sendSourceEventToCoordinator(SourceEvent event) {}

  @Override
  public UserCodeClassLoader getUserCodeClassLoader() {
    return SimpleUserCodeClassLoader.create(getClass().getClassLoader());
  }
}
