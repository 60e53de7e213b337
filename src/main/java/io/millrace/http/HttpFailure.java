// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.util.Objects;

/** A request that brought no answer. */
public final class HttpFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** How far the request came. */
  public enum Kind {
    /** No connection: name not resolved, refused, connect timeout. Nothing was sent. */
    NOT_CONNECTED,
    /** The peer's certificate was not accepted. Nothing was sent. */
    TLS_REFUSED,
    /** The transport was closed before the request was sent. */
    CLOSED,
    /** The permit was refused when the request would have gone out. Nothing was sent. */
    NOT_LET_OUT,
    /** The request, or a part of it, was sent and the connection was lost. */
    CONNECTION_LOST,
    /** The request was sent and no complete answer came in time. */
    TIMED_OUT
  }

  private final Kind kind;

  public HttpFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
  }

  public Kind kind() {
    return kind;
  }

  /** True where a failure, or what caused it, is a call that was not let out. */
  public static boolean isNotLetOut(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof HttpFailure http && http.kind == Kind.NOT_LET_OUT) {
        return true;
      }
    }
    return false;
  }

  /** True when the peer may have acted on the request. */
  public boolean fateUnknown() {
    return kind == Kind.CONNECTION_LOST || kind == Kind.TIMED_OUT;
  }
}
