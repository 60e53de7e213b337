// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import java.time.Duration;
import java.util.Objects;
import org.apache.flink.annotation.PublicEvolving;

/** What a service tells of a function when it is asked, and nothing is run. */
@PublicEvolving
public sealed interface FunctionDescription {

  /**
   * The function is there.
   *
   * @param timeout how long the service lets it run
   */
  record Known(Duration timeout) implements FunctionDescription {
    public Known {
      Objects.requireNonNull(timeout);
    }
  }

  /**
   * Nothing was told, which says nothing against an invocation.
   *
   * @param reason one line
   */
  record Withheld(String reason) implements FunctionDescription {
    public Withheld {
      Objects.requireNonNull(reason);
    }
  }

  /**
   * The function is not there, or the service lets nobody in with these credentials.
   *
   * @param message what it said, in one line
   */
  record Refused(String message) implements FunctionDescription {
    public Refused {
      Objects.requireNonNull(message);
    }
  }
}
