// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.rest.util.RestClientException;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.junit.jupiter.api.Test;

final class ClusterFailuresTest {

  @Test
  void theInnermostCauseOfATraceInAnAnswer() {
    String answer =
        """
        [Internal server error., <Exception on server side:
        java.util.concurrent.CompletionException: outer
        \tat a.B.c(B.java:1)
        Caused by: java.lang.IllegalStateException: middle
        \t... 3 more
        Caused by: java.io.IOException: innermost
        \t... 9 more
        >]""";

    assertThat(
            ClusterFailures.reason(
                new ExecutionException(
                    new RestClientException(answer, HttpResponseStatus.INTERNAL_SERVER_ERROR))))
        .isEqualTo("java.io.IOException: innermost");
  }

  @Test
  void aLineThatIsNoTraceStaysAsItIs() {
    assertThat(
            ClusterFailures.reason(
                new ExecutionException(
                    new RestClientException("[Not found.]", HttpResponseStatus.NOT_FOUND))))
        .isEqualTo("[Not found.]");
    assertThat(ClusterFailures.lastCause("java.lang.Error: only\n\tat a.B.c(B.java:1)"))
        .isEqualTo("java.lang.Error: only");
  }
}
