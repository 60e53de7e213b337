// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.HttpFunctionInvoker;
import io.millrace.functioncompute.FunctionComputeOptions.Invocation;
import io.millrace.http.HttpTransport;
import io.millrace.inquiry.Inquiry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Which function, how, and as whom. Travels in the job graph.
 *
 * @param endpoint without a slash at its end
 * @param logTail whether the end of the function's log is asked for
 * @param warnings for the user, a line each
 */
record FunctionComputeTarget(
    URI endpoint,
    FunctionApi api,
    Invocation invocation,
    boolean logTail,
    Duration timeout,
    int maxEventSize,
    CredentialsProvider credentials,
    List<String> warnings)
    implements FunctionInvoker.Factory {

  private static final long serialVersionUID = 1L;

  FunctionComputeTarget {
    warnings = List.copyOf(warnings);
  }

  @Override
  public FunctionInvoker open(HttpTransport transport) {
    return new HttpFunctionInvoker(
        new FunctionComputeProtocol(this, Clock.systemUTC()), credentials, transport);
  }

  @Override
  public Inquiry inquiry(HttpTransport transport, boolean invoke) {
    return new FunctionComputeInquiry(this, transport, Clock.systemUTC(), invoke);
  }

  @Override
  public String function() {
    return api.function();
  }

  /** Where invocations go. */
  URI invocations() {
    return URI.create(endpoint + api.invocations());
  }

  /** Where the service describes the function. */
  URI description() {
    return URI.create(endpoint + api.description());
  }
}
