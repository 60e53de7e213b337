// SPDX-License-Identifier: Apache-2.0
package io.millrace.ledger;

import java.util.Objects;
import org.apache.flink.annotation.PublicEvolving;

/** A refusal or failure of a ledger, with what to do about it as data. */
@PublicEvolving
public final class LedgerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What a failure asks of the caller. */
  public enum Kind {
    /** The service or the network failed, or too much was asked: back off, then ask again. */
    UNAVAILABLE,
    /** Credentials were refused, or the store is missing or offline: say so, ask again slowly. */
    REFUSED,
    /** The store knows the shard no more, or not yet. */
    GONE,
    /** Somebody else has opened the shard. */
    STOLEN,
    /** Somebody has moved the shard by hand: open it again to learn where it is now. */
    MOVED
  }

  private final Kind kind;

  /**
   * @param kind what to do
   * @param message names the store, the shard, the service's own code and request id
   */
  public LedgerException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
  }

  public Kind kind() {
    return kind;
  }
}
