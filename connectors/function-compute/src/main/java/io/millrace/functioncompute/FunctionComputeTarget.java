// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.http.HttpTransport;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;

/**
 * Which function, how, and as whom. Travels in the job graph.
 *
 * @param endpoint without a slash at its end
 * @param account empty when not known
 * @param service with {@code .qualifier} where one is given
 */
record FunctionComputeTarget(
    URI endpoint,
    String account,
    String service,
    String function,
    Duration timeout,
    int maxEventSize,
    CredentialsProvider credentials)
    implements FunctionInvoker.Factory {

  private static final long serialVersionUID = 1L;

  @Override
  public FunctionInvoker open(HttpTransport transport) {
    return new FunctionComputeInvoker(this, transport, Clock.systemUTC());
  }

  @Override
  public String function() {
    return service + "/" + function;
  }

  /** Where invocations go. */
  URI invocations() {
    return URI.create(
        endpoint + "/2016-08-15/services/" + service + "/functions/" + function + "/invocations");
  }
}
