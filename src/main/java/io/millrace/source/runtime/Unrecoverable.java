// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.runtime;

import io.millrace.source.StreamException;
import org.apache.flink.annotation.Internal;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** Ends the job for good: what Flink would only repeat until its restarts are used up. */
@Internal
public final class Unrecoverable {

  private Unrecoverable() {}

  /** What to throw so that the job fails with {@code cause} and is not restarted. */
  public static RuntimeException because(StreamException cause) {
    return new SuppressRestartsException(cause);
  }
}
