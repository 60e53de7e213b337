// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import com.aliyun.fc.runtime.Context;
import com.aliyun.fc.runtime.Credentials;
import com.aliyun.fc.runtime.FunctionComputeLogger;
import com.aliyun.fc.runtime.FunctionParam;
import com.aliyun.fc.runtime.OpenTracing;
import com.aliyun.fc.runtime.Service;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.function.FunctionCall;
import java.util.Map;

/** What the user's handler is told about an invocation. */
record HandlerContext(
    FunctionCall call, String handler, ServiceKeys keys, FunctionComputeLogger logger)
    implements Context, Credentials, FunctionParam, Service, OpenTracing {

  private static final int MEMORY_MB = 512;

  @Override
  public String getRequestId() {
    return call.requestId();
  }

  @Override
  public Credentials getExecutionCredentials() {
    return this;
  }

  @Override
  public FunctionParam getFunctionParam() {
    return this;
  }

  @Override
  public Service getService() {
    return this;
  }

  @Override
  public FunctionComputeLogger getLogger() {
    return logger;
  }

  @Override
  public OpenTracing getTracing() {
    return this;
  }

  @Override
  public int getRetryCount() {
    return 0;
  }

  @Override
  public String getAccessKeyId() {
    return keys.accessKeyId();
  }

  @Override
  public String getAccessKeySecret() {
    return keys.accessKeySecret();
  }

  @Override
  public String getSecurityToken() {
    return keys.securityToken().orElse("");
  }

  @Override
  public String getFunctionName() {
    return call.function();
  }

  @Override
  public String getFunctionHandler() {
    return handler;
  }

  @Override
  public String getFunctionInitializer() {
    return "";
  }

  @Override
  public int getExecTimeLimitInMillis() {
    return Math.toIntExact(call.timeout().toMillis());
  }

  @Override
  public int getMemoryLimitInMB() {
    return MEMORY_MB;
  }

  @Override
  public String getName() {
    return call.group();
  }

  @Override
  public String getLogProject() {
    return "";
  }

  @Override
  public String getLogStore() {
    return "";
  }

  @Override
  public String getQualifier() {
    return call.qualifier();
  }

  @Override
  public String getVersionId() {
    return call.qualifier();
  }

  @Override
  public String getSpanContext() {
    return "";
  }

  @Override
  public Map<String, String> getSpanBaggages() {
    return Map.of();
  }

  @Override
  public String getJaegerEndpoint() {
    return "";
  }
}
