// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's page by itself, in Debian's Chromium: how quick it is, and how readable. */
@Tag("ci")
final class PageITCase {

  private static final int MANY_SHARDS = 512;

  /** So much of the page's own time is a stutter that everybody sees, on a machine of today. */
  private static final double STUTTER = 1_000;

  /** The same on any machine, as so many times what it takes for a table without anything. */
  private static final double BARE_TABLES = 10;

  /** A table of as many rows and columns as the page's, made and laid out. */
  private static final String MAKE_BARE_TABLE =
      """
      const table = document.createElement('table');
      for (let i = 0; i < %d; i++) {
        const row = table.insertRow();
        for (let j = 0; j < 12; j++) {
          row.insertCell().textContent = i + ' ' + j;
        }
      }
      document.body.append(table);
      table.offsetHeight;
      table.remove();
      """
          .formatted(MANY_SHARDS);

  private static final int UPDATES = 5;
  private static final int TIMES = 3;
  private static final String RETRYING = ".state-filter [data-state=RETRYING]";

  /** WCAG 2, level AA, of text that is not large. */
  private static final double READABLE = 4.5;

  private static void open(StubConsole console, Browser browser) {
    browser.open(console.url());
    browser.await("the shards are there", () -> browser.count("table.shards tbody tr") > 0);
  }

  /**
   * What the page's thread takes to do something and to lay it out anew.
   *
   * @param busy its processor time
   * @param took the time that went by, on a machine that may have other things to do
   */
  private record Cost(double busy, double took) {

    static Cost of(Browser browser, String action) {
      double before = browser.busyMillis();
      Object took =
          browser.runAsync(
              "const done = arguments[0];"
                  + "const began = performance.now();"
                  + action
                  + "; document.body.offsetHeight;requestAnimationFrame(() => setTimeout(() =>"
                  + " done(performance.now() - began)));");
      return new Cost(browser.busyMillis() - before, ((Number) took).doubleValue());
    }

    static Cost least(Cost a, Cost b) {
      return a.busy() <= b.busy() ? a : b;
    }

    @Override
    public String toString() {
      return "%.0f ms (%.0f of them busy)".formatted(took, busy);
    }
  }

  private static Cost click(Browser browser, String selector) {
    return Cost.of(browser, "document.querySelector('" + selector + "').click()");
  }

  private static Cost search(Browser browser, String text) {
    return Cost.of(
        browser,
        "const field = document.querySelector('input[type=search]'); field.value = '"
            + text
            + "'; field.dispatchEvent(new Event('input'))");
  }

  @Test
  void manyShardsAreShownWithoutStutter() throws Exception {
    try (StubConsole console = new StubConsole(MANY_SHARDS);
        Browser browser = new Browser(Path.of("target", "pictures"))) {
      open(console, browser);
      assertThat(browser.count("table.shards tbody tr")).isEqualTo(MANY_SHARDS);
      browser.watchBusy();
      Map<String, Cost> costs = new LinkedHashMap<>();
      Cost bare = Cost.of(browser, MAKE_BARE_TABLE);
      for (int i = 0; i < TIMES; i++) {
        bare = Cost.least(bare, Cost.of(browser, MAKE_BARE_TABLE));
        costs.merge("sorted by lag", click(browser, "th.col-lag button"), Cost::least);
        costs.merge("sorted by name", click(browser, "th.col-shard button"), Cost::least);
        costs.merge("narrowed to a text", search(browser, "51"), Cost::least);
        assertThat(browser.count("table.shards tbody tr")).isBetween(1, MANY_SHARDS / 2);
        costs.merge("widened again", search(browser, ""), Cost::least);
        costs.merge("narrowed to a state", click(browser, RETRYING), Cost::least);
        assertThat(browser.count("table.shards tbody tr"))
            .isEqualTo(MANY_SHARDS / StubConsole.STATES.size());
        costs.merge("to all states again", click(browser, RETRYING), Cost::least);
      }
      int looks = console.looks();
      double before = browser.busyMillis();
      browser.await("several updates", () -> console.looks() >= looks + UPDATES);
      costs.put(
          "an update", new Cost((browser.busyMillis() - before) / UPDATES, longestFrame(browser)));
      System.out.println(MANY_SHARDS + " shards: " + costs + ", a bare table: " + bare);
      // Processor time too is longer where several machines share a processor.
      double limit = Math.max(STUTTER, BARE_TABLES * bare.busy());
      assertThat(costs.values()).allSatisfy(cost -> assertThat(cost.busy()).isLessThan(limit));
    }
  }

  /** The longest time between two frames of some seconds, in which all shards change. */
  private static double longestFrame(Browser browser) {
    Object longest =
        browser.runAsync(
            "const done = arguments[0];"
                + "const began = performance.now();"
                + "let last = began, longest = 0;"
                + "requestAnimationFrame(function frame() {"
                + "  const now = performance.now();"
                + "  longest = Math.max(longest, now - last);"
                + "  last = now;"
                + "  now - began > 5000 ? done(longest) : requestAnimationFrame(frame);"
                + "});");
    return ((Number) longest).doubleValue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyTextIsReadable(boolean dark) throws Exception {
    try (StubConsole console = new StubConsole(StubConsole.STATES.size());
        Browser browser = new Browser(Path.of("target", "pictures"))) {
      browser.desktop(dark);
      open(console, browser);
      assertThat(texts(browser, ".state")).as("every state").hasSize(StubConsole.STATES.size());
      requireReadable(browser, dark + ": the table");
      browser.run(
          "[...document.querySelectorAll('table.shards tbody tr')]"
              + ".find((row) => row.querySelector('[data-state=RETRYING]')).click()");
      browser.await("a shard is shown", () -> !browser.text(".panel").isEmpty());
      requireReadable(browser, dark + ": a shard");
      browser.press("?");
      browser.await("the keys are listed", () -> !browser.text("dialog").isEmpty());
      requireReadable(browser, dark + ": a dialog");
    }
  }

  private static void requireReadable(Browser browser, String where) {
    List<Map<String, Object>> all = texts(browser, "body *");
    assertThat(all).hasSizeGreaterThan(50);
    assertThat(all)
        .as(where)
        .allSatisfy(
            text ->
                assertThat(((Number) text.get("contrast")).doubleValue())
                    .as(text.toString())
                    .isGreaterThanOrEqualTo(READABLE));
  }

  /**
   * The texts that can be seen, with the contrast of each as it is rendered: the colour of its
   * letters on all the backgrounds below it, one upon the other.
   */
  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> texts(Browser browser, String selector) {
    return (List<Map<String, Object>>)
        browser.run(
            """
            const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
            const rgba = (color) => {
              canvas.clearRect(0, 0, 1, 1);
              canvas.fillStyle = color;
              canvas.fillRect(0, 0, 1, 1);
              const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
              return [r, g, b, a / 255];
            };
            const over = (top, below) =>
              [...[0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])), 1];
            const linear = (part) => {
              const c = part / 255;
              return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
            };
            const luminance = ([r, g, b]) =>
              0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
            const ground = (element) => {
              const layers = [];
              for (let each = element; each !== null; each = each.parentElement) {
                layers.unshift(rgba(getComputedStyle(each).backgroundColor));
              }
              return layers.reduce((below, top) => over(top, below), [255, 255, 255, 1]);
            };
            const opacity = (element) => {
              let all = 1;
              for (let each = element; each !== null; each = each.parentElement) {
                all *= Number(getComputedStyle(each).opacity);
              }
              return all;
            };
            return [...document.querySelectorAll('%s')]
              .filter((element) => element.checkVisibility({ visibilityProperty: true })
                && element.getClientRects().length > 0
                && !(element instanceof HTMLButtonElement && element.disabled)
                && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== ''))
              .map((element) => {
                const back = ground(element);
                const ink = rgba(getComputedStyle(element).color);
                ink[3] *= opacity(element);
                const [a, b] = [luminance(over(ink, back)), luminance(back)].sort((x, y) => y - x);
                return {
                  text: element.textContent.trim().slice(0, 60),
                  element: element.tagName + '.' + element.className,
                  contrast: Math.round((a + 0.05) / (b + 0.05) * 100) / 100,
                };
              });
            """
                .formatted(selector));
  }
}
