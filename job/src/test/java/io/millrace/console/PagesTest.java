// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files of the page: all are served, and nothing else is asked for. */
final class PagesTest {

  private static final Path SOURCES = Path.of("src/main/resources/io/millrace/console/page");
  private static final Pattern REFERENCE =
      Pattern.compile("(?:from '\\./|src=\"|href=\")([a-z]+\\.(?:js|css|svg))['\"]");

  private final Pages pages = new Pages();

  private Optional<Answer> page(String path, String tag) {
    return pages.page(
        new Call("GET", path, name -> Optional.of(tag), name -> Optional.empty(), new byte[0]));
  }

  @Test
  void everyFileIsServedAndEveryFileThatIsAskedForIsThere() throws Exception {
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        Answer answer = page(name.equals("index.html") ? "/" : "/" + name, "").orElseThrow();
        assertThat(answer.body()).as(name).isEqualTo(Files.readAllBytes(file));
        REFERENCE
            .matcher(Files.readString(file))
            .results()
            .forEach(found -> assertThat(page("/" + found.group(1), "")).as(name).isPresent());
      }
    }
  }

  @Test
  void aFileThatTheBrowserHasIsNotSentAgain() {
    String tag = page("/console.css", "").orElseThrow().headers().get("ETag");
    assertThat(page("/console.css", tag).orElseThrow().status()).isEqualTo(304);
  }

  @Test
  void nothingElseIsServed() {
    for (String path : new String[] {"/index.html", "/openapi.yaml", "/../openapi.yaml", "/page"}) {
      assertThat(page(path, "")).as(path).isEmpty();
    }
  }
}
