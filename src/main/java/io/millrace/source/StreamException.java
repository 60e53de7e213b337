// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import java.util.Objects;
import org.apache.flink.annotation.PublicEvolving;

/** A refusal or failure of the stream, with what to do about it as data. */
@PublicEvolving
public final class StreamException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What a failure asks of the caller. */
  public enum Kind {
    /** Asked too often: back off with jitter, then ask again. */
    THROTTLED,
    /** The service or the network failed: back off, then ask again. */
    UNAVAILABLE,
    /** Credentials were refused or the stream is missing: say so once, and ask again, slowly. */
    REFUSED,
    /** Records between the position and the oldest record are gone. */
    DATA_LOSS,
    /** The answer makes no sense or the request is wrong: asking again changes nothing. */
    FATAL
  }

  private final Kind kind;

  /**
   * @param kind what to do
   * @param message names stream, shard, the service's own code and request id
   */
  public StreamException(Kind kind, String message) {
    this(kind, message, null);
  }

  public StreamException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
  }

  public Kind kind() {
    return kind;
  }
}
