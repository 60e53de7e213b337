// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The files of the page, read once. What is not named here is not served. */
final class Pages {

  private static final String HTML = "text/html; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  private static final Map<String, String> FILES =
      Map.ofEntries(
          Map.entry("index.html", HTML),
          Map.entry("console.css", "text/css; charset=utf-8"),
          Map.entry("icon.svg", "image/svg+xml"),
          Map.entry("console.js", SCRIPT),
          Map.entry("api.js", SCRIPT),
          Map.entry("dialogs.js", SCRIPT),
          Map.entry("dom.js", SCRIPT),
          Map.entry("format.js", SCRIPT),
          Map.entry("job.js", SCRIPT),
          Map.entry("login.js", SCRIPT),
          Map.entry("overview.js", SCRIPT),
          Map.entry("panel.js", SCRIPT),
          Map.entry("plot.js", SCRIPT),
          Map.entry("states.js", SCRIPT),
          Map.entry("table.js", SCRIPT));

  private final Map<String, Answer> answers = new LinkedHashMap<>();
  private final Answer openApi;

  Pages() {
    FILES.forEach(
        (name, type) ->
            answers.put(name.equals("index.html") ? "/" : "/" + name, read("page/" + name, type)));
    openApi = read("openapi.yaml", "application/yaml");
  }

  /** A file of the page. */
  Optional<Answer> page(Call call) {
    Answer answer = answers.get(call.path());
    if (answer == null) {
      return Optional.empty();
    }
    boolean known =
        call.header()
            .apply("If-None-Match")
            .filter(tag -> tag.equals(answer.headers().get("ETag")))
            .isPresent();
    return Optional.of(known ? new Answer(304, answer.headers(), new byte[0]) : answer);
  }

  /** The description of the API. */
  Answer openApi() {
    return openApi;
  }

  private static Answer read(String resource, String type) {
    try (InputStream content = Pages.class.getResourceAsStream(resource)) {
      if (content == null) {
        throw new IllegalStateException("the console was built without " + resource);
      }
      byte[] bytes = content.readAllBytes();
      return Answer.of(200, type, bytes)
          .with("Cache-Control", "no-cache")
          .with("ETag", '"' + HexFormat.of().formatHex(Digests.sha256(bytes), 0, 16) + '"');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
