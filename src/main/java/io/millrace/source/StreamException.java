// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import java.util.Objects;
import java.util.OptionalLong;
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

  private static final long UNKNOWN = -1;

  private final Kind kind;
  private final long lost;

  /**
   * @param kind what to do
   * @param message names stream, shard, the service's own code and request id
   */
  public StreamException(Kind kind, String message) {
    this(kind, message, null);
  }

  public StreamException(Kind kind, String message, Throwable cause) {
    this(kind, message, cause, UNKNOWN);
  }

  private StreamException(Kind kind, String message, Throwable cause, long lost) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
    this.lost = lost;
  }

  /**
   * A loss behind which reading can go on.
   *
   * @param lost how many records are gone
   */
  public static StreamException dataLoss(String message, long lost) {
    if (lost < 1) {
      throw new IllegalArgumentException(lost + " records are no loss");
    }
    return new StreamException(Kind.DATA_LOSS, message, null, lost);
  }

  public Kind kind() {
    return kind;
  }

  /**
   * How many records are gone, of a loss behind which {@link StreamClient.ShardCursor#acceptLoss}
   * goes on; empty of every other failure.
   */
  public OptionalLong lost() {
    return lost == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(lost);
  }
}
