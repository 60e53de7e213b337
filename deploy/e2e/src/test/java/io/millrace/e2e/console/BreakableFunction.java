// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.console;

import com.aliyun.fc.runtime.Context;
import com.aliyun.fc.runtime.StreamRequestHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A function that accepts everything until a file says otherwise: its first line names shards whose
 * events are then refused with the text of the lines below.
 */
public final class BreakableFunction implements StreamRequestHandler {

  /** The system property that names the file. */
  public static final String FILE = "BREAKABLE_FUNCTION";

  private static final Pattern SHARD = Pattern.compile("\"eventId\":\"([^:\"]+):");

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    String text = new String(event.readAllBytes(), StandardCharsets.UTF_8);
    Path file = Path.of(System.getProperty(FILE));
    if (Files.exists(file)) {
      List<String> lines = Files.readAllLines(file);
      Matcher shard = SHARD.matcher(text);
      if (shard.find() && List.of(lines.get(0).split(" ")).contains(shard.group(1))) {
        throw new IllegalStateException(String.join("\n", lines.subList(1, lines.size())));
      }
    }
    answer.write("ok".getBytes(StandardCharsets.UTF_8));
  }
}
