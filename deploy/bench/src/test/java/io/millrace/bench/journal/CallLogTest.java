// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CallLogTest {

  private static final byte[] EVENT =
      "{\"records\":[{\"eventId\":\"3:7\"},{\"eventId\":\"3:8\"}]}".getBytes(UTF_8);

  @TempDir private Path directory;

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    CallLog log = new CallLog();
    CallLog.Entry acknowledged = log.begin(10, EVENT);
    CallLog.Entry failed = log.begin(11, EVENT);
    log.begin(12, EVENT);
    log.end(acknowledged, 20, true);
    log.end(failed, 21, false);

    Path file = directory.resolve("calls");
    log.write(file);
    List<Run> runs = List.of(new Run(3, 7, 2));
    assertThat(CallLog.read(file))
        .containsExactly(
            new Call(10, 20, true, runs),
            new Call(11, 21, false, runs),
            new Call(12, 0, false, runs));
    assertThat(log.count()).isEqualTo(new CallLog.Count(1, 2));
  }
}
