// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import io.millrace.credentials.Credentials;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import org.apache.flink.annotation.PublicEvolving;

/**
 * How one function of one cloud is asked over HTTP, and what its service's answers mean. Stateless.
 */
@PublicEvolving
public interface FunctionProtocol {

  /**
   * The request of one attempt.
   *
   * @param event not to be written into
   */
  HttpCall invocation(byte[] event, Credentials credentials);

  /** How an attempt ended that was answered. */
  Outcome outcome(HttpAnswer answer, Credentials credentials);

  /** The request that asks the service about the function, and runs nothing. */
  HttpCall description(Credentials credentials);

  /** What the service says of the function. */
  FunctionDescription description(HttpAnswer answer, Credentials credentials);
}
