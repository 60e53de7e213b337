// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A page that is shown again and again. On a terminal it is drawn over the one before, line by line
 * and in one write, on a screen of its own, so that nothing flickers and the terminal's history
 * stays as it was; elsewhere each page follows the one before.
 *
 * <p>The terminal gets its own screen back when the process ends, by Ctrl-C too.
 */
final class Screen implements AutoCloseable {

  private static final String ESCAPE = "\033[";
  private static final String OWN_SCREEN = ESCAPE + "?1049h" + ESCAPE + "?25l";
  private static final String FORMER_SCREEN = ESCAPE + "?25h" + ESCAPE + "?1049l";
  private static final String TOP = ESCAPE + "H";
  private static final String REST_OF_LINE = ESCAPE + "K";
  private static final String REST_OF_SCREEN = ESCAPE + "J";

  /** How large a terminal is. */
  record Size(int lines, int columns) {
    static final Size USUAL = new Size(24, 80);

    /** Of the answer of {@code stty size}. */
    static Size parse(String answer) {
      String[] numbers = answer.strip().split(" ");
      if (numbers.length != 2 || !answer.strip().matches("[1-9]\\d{0,3} [1-9]\\d{0,3}")) {
        return USUAL;
      }
      return new Size(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
    }
  }

  private final PrintWriter out;
  private final boolean terminal;
  private final Thread restore;

  private Screen(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
    this.restore = new Thread(this::restore, "millrace-screen");
  }

  static Screen open(PrintWriter out, boolean terminal) {
    Screen screen = new Screen(out, terminal);
    if (terminal) {
      Runtime.getRuntime().addShutdownHook(screen.restore);
      out.print(OWN_SCREEN);
    }
    return screen;
  }

  /** Shows a page. */
  void show(List<String> lines) {
    show(lines, terminal ? size() : Size.USUAL);
  }

  void show(List<String> lines, Size size) {
    if (!terminal) {
      lines.forEach(out::println);
      out.println();
      out.flush();
      return;
    }
    StringBuilder page = new StringBuilder(TOP);
    boolean cut = lines.size() > size.lines();
    int shown = cut ? size.lines() - 1 : lines.size();
    for (int i = 0; i < shown; i++) {
      String line = lines.get(i);
      page.append(line, 0, Math.min(line.length(), size.columns())).append(REST_OF_LINE);
      page.append(i < shown - 1 || cut ? "\r\n" : "");
    }
    if (cut) {
      page.append("… ").append(lines.size() - shown).append(" lines more").append(REST_OF_LINE);
    }
    out.print(page.append(REST_OF_SCREEN));
    out.flush();
  }

  /** Java does not tell; the tool that does is on every system that has terminals like this. */
  private static Size size() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Redirect.from(Path.of("/dev/tty").toFile()))
              .redirectError(Redirect.DISCARD)
              .start();
      String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      stty.waitFor(1, TimeUnit.SECONDS);
      return Size.parse(answer);
    } catch (IOException e) {
      return Size.USUAL;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Size.USUAL;
    }
  }

  private void restore() {
    out.print(FORMER_SCREEN);
    out.flush();
  }

  @Override
  public void close() {
    if (terminal) {
      Runtime.getRuntime().removeShutdownHook(restore);
      restore();
    }
  }
}
