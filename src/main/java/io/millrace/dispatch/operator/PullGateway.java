// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.control.Pull;
import io.millrace.control.PullAnswer;
import java.util.concurrent.CompletableFuture;

/** The way from a subtask to the Dispatch coordinator. */
@FunctionalInterface
interface PullGateway {

  /** Completes on any thread; exceptionally when the coordinator cannot be reached. */
  CompletableFuture<PullAnswer> ask(Pull pull);
}
