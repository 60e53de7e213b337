// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import java.util.Objects;
import java.util.Optional;
import org.apache.flink.annotation.PublicEvolving;

/** How an attempt ended. The kind decides what the lane does next. */
@PublicEvolving
public sealed interface Outcome {

  /** What the service said, in one line, with its own error code. */
  String message();

  /** The service's id of the request, where it gave one. */
  Optional<String> requestId();

  /** The function ran and reported no error. */
  record Acknowledged(Optional<String> requestId) implements Outcome {
    @Override
    public String message() {
      return "ok";
    }
  }

  /** A fault of the records: counts as an attempt, and in the end suspends the shard. */
  record RecordFault(String message, Optional<String> requestId) implements Outcome {
    public RecordFault {
      Objects.requireNonNull(message);
    }
  }

  /** The event is too large for the function; with one record in it, no attempt can help. */
  record TooLarge(String message, Optional<String> requestId) implements Outcome {
    public TooLarge {
      Objects.requireNonNull(message);
    }
  }

  /** A fault of the target: the function is blocked for all shards; no attempt is counted. */
  record TargetFault(String message, Optional<String> requestId) implements Outcome {
    public TargetFault {
      Objects.requireNonNull(message);
    }
  }

  /** Refused because of load: back off with jitter; no attempt is counted. */
  record Throttled(String message, Optional<String> requestId) implements Outcome {
    public Throttled {
      Objects.requireNonNull(message);
    }
  }

  /** The task had no leave any more when the request would have gone out: as if never launched. */
  record NotSent(String message) implements Outcome {
    public NotSent {
      Objects.requireNonNull(message);
    }

    @Override
    public Optional<String> requestId() {
      return Optional.empty();
    }
  }

  /**
   * The request was sent and no answer came: the function may have run, or may still be running.
   * Counts as an attempt.
   */
  record UnknownFate(String message, Optional<String> requestId) implements Outcome {
    public UnknownFate {
      Objects.requireNonNull(message);
    }
  }
}
