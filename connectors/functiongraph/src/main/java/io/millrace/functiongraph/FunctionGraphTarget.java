// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.HttpFunctionInvoker;
import io.millrace.http.HttpTransport;
import io.millrace.inquiry.Inquiry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Which function, how, and as whom. Travels in the job graph.
 *
 * @param endpoint without a slash at its end
 * @param logTail whether the end of the function's log is asked for
 */
record FunctionGraphTarget(
    URI endpoint,
    FunctionUrn urn,
    boolean logTail,
    Duration timeout,
    int maxEventSize,
    CredentialsProvider credentials)
    implements FunctionInvoker.Factory {

  private static final long serialVersionUID = 1L;

  /** Frequently asked questions of the service; its user guide says as much of APIs. */
  private static final Duration GATEWAY_TIMEOUT = Duration.ofSeconds(90);

  @Override
  public FunctionInvoker open(HttpTransport transport) {
    return new HttpFunctionInvoker(
        new FunctionGraphProtocol(this, Clock.systemUTC()), credentials, transport);
  }

  @Override
  public Inquiry inquiry(HttpTransport transport, boolean invoke) {
    return new FunctionGraphInquiry(this, transport, Clock.systemUTC(), invoke);
  }

  @Override
  public String function() {
    return urn.toString();
  }

  @Override
  public Optional<Duration> gatewayTimeout() {
    return Optional.of(GATEWAY_TIMEOUT);
  }

  /** Where invocations go. */
  URI invocations() {
    return URI.create(endpoint + urn.path() + "/invocations");
  }

  /** Where the service describes a function. */
  URI description(FunctionUrn function) {
    return URI.create(endpoint + function.path() + "/config");
  }
}
