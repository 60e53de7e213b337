// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.http.Causes;
import java.util.Optional;
import org.apache.flink.annotation.Internal;

/** The code with which a service refused, as the cause of the exception that the caller sees. */
@Internal
public final class StreamRefusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String code;
  private final int status;

  /**
   * @param code the service's own; empty where it told none
   * @param status of HTTP
   */
  public StreamRefusal(String code, int status) {
    super(code, null, false, false);
    this.code = code;
    this.status = status;
  }

  public String code() {
    return code;
  }

  public int status() {
    return status;
  }

  /** The refusal behind the failure of a call, where it was one. */
  public static Optional<StreamRefusal> of(Throwable failure) {
    return Causes.of(failure) instanceof StreamException refused
            && refused.getCause() instanceof StreamRefusal refusal
        ? Optional.of(refusal)
        : Optional.empty();
  }
}
