// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.e2e.oracle.Verdict;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An operator at the console, in a real browser, on a cluster of real processes; it needs the job's
 * jar and Debian's Chromium. Leaves its pictures in {@code target/pictures}: the manual's come from
 * there.
 */
@Tag("ci")
final class ConsoleITCase {

  /** A function can answer anything. */
  private static final String MESSAGE =
      "no stock in warehouse <b>7</b> <img src=x onerror=\"document.title='broken in'\">";

  private static final String FAILING = "3";
  private static final String ALSO_FAILING = "5";
  private static final String POISONED = "7";

  /** Of attempts that are ten seconds apart. */
  private static final Pattern NOT_SOON = Pattern.compile("next in ([6-9]|10)(\\.\\d)? s");

  private static final Pattern BACK = Pattern.compile("goes back to sequence ([0-9,]+)");

  @TempDir private Path directory;

  @Test
  void anOperatorSeesAFailureAndBringsEverythingBack() throws Exception {
    try (ConsoleStage stage = new ConsoleStage(directory);
        Browser browser = new Browser(Path.of("target", "pictures"))) {
      recordsFlow(stage, browser);
      theFunctionBreaks(stage, browser);
      itIsResumed(stage, browser);
      aShardIsMovedBack(stage, browser);
      anEventIsTriedAgainAndThenSkipped(stage, browser);
      thePageOutlivesTheJobManager(stage, browser);

      Verdict verdict = stage.verdict();
      assertThat(verdict.holds()).as(verdict.findings().toString()).isTrue();
      browser.awaitText(".figure:nth-child(2) b", "0");
      theTokenIsAskedFor(stage, browser);
      assertThat(browser.complaints())
          .as("errors of scripts and breaches of the content security policy")
          .noneMatch(line -> line.contains("Content Security Policy") || line.contains("Uncaught"));
    }
  }

  private static String row(String shard) {
    return "tr[data-shard='" + shard + "']";
  }

  private void recordsFlow(ConsoleStage stage, Browser browser) {
    browser.await("the console listens", () -> browser.opens(stage.url()));
    browser.awaitText(".health", "running");
    browser.await(
        "every shard has its row",
        () -> browser.count("table.shards tbody tr") == ConsoleStage.SHARDS);
    browser.await(
        "records flow", () -> browser.text(".figure:first-child b").matches("[1-9][0-9.,]*"));
  }

  private void theFunctionBreaks(ConsoleStage stage, Browser browser) throws Exception {
    stage.breakFunction(MESSAGE, FAILING, ALSO_FAILING);
    browser.awaitText(row(FAILING) + " .state", "retrying");
    browser.awaitText(row(FAILING) + " .state", "suspended");
    browser.awaitText(row(ALSO_FAILING) + " .state", "suspended");
    assertThat(browser.text(row("0") + " .state")).isNotEqualTo("suspended");
    browser.click(row(FAILING));
    browser.awaitText(".error-text", MESSAGE);
    assertThat(browser.count(".panel img, .panel .error-text b, td.error b")).isZero();
    assertThat(browser.run("return document.title").toString()).contains("orders");
    pictures(browser, "console-failure");
  }

  private void itIsResumed(ConsoleStage stage, Browser browser) throws Exception {
    stage.repairFunction();
    browser.click(".panel [data-command=resume]");
    browser.awaitText("dialog .effects", "with fresh attempts");
    browser.picture("console-resume");
    browser.click("dialog button[type=submit]");
    browser.awaitText(".commands li:first-child .step.done:last-child", "durable");
    browser.awaitText(".commands li:first-child", "resume shard " + FAILING);
    browser.await("it goes on", () -> !browser.text(row(FAILING) + " .state").equals("suspended"));
    browser.pressEscape();
    browser.await("the panel is closed", () -> browser.text(".panel").isEmpty());
    browser.press("R");
    browser.awaitText("dialog h2", "Resume shard " + ALSO_FAILING + "?");
    browser.click("dialog button[type=submit]");
    browser.await(
        "nothing is in trouble",
        () -> browser.text(".figure:nth-child(5) .figure-more").equals("all well"));
    for (String shard : new String[] {FAILING, ALSO_FAILING}) {
      browser.await(
          "the backlog of shard " + shard + " drains",
          () -> browser.text(row(shard) + " .col-lag").matches("[0-9]|[0-4][0-9]"));
    }
    pictures(browser, "console");
  }

  private void aShardIsMovedBack(ConsoleStage stage, Browser browser) throws Exception {
    String shard = "1";
    browser.click(row(shard));
    browser.click(".panel [data-command=seek]");
    browser.write("dialog input[name=sequence]", "0");
    browser.click("dialog button[type=submit]");
    browser.awaitText("dialog .effects", "will be delivered again");
    Matcher back = BACK.matcher(browser.text("dialog .effects"));
    assertThat(back.find()).isTrue();
    long target = Long.parseLong(back.group(1).replace(",", ""));
    browser.picture("console-move");
    long asked = stage.now();
    browser.click("dialog button[type=submit]");
    browser.awaitText(".commands li:first-child", "move shard " + shard);
    browser.awaitText(".commands li:first-child .step.done:last-child", "durable");
    stage.moved(shard, target, asked, stage.now());
    browser.pressEscape();
  }

  private void anEventIsTriedAgainAndThenSkipped(ConsoleStage stage, Browser browser)
      throws Exception {
    stage.breakFunction(MESSAGE, POISONED);
    browser.awaitText(row(POISONED) + " .state", "retrying");
    browser.click(row(POISONED));
    // An attempt that began before the command is none to be made now.
    browser.await(
        "the next attempt is some seconds away",
        () -> NOT_SOON.matcher(browser.text(".panel")).find());
    browser.click(".panel [data-command=retry]");
    browser.awaitText("dialog .effects", "The next attempt is made now");
    browser.awaitText("dialog .effects", "Failed attempts stay counted");
    browser.click("dialog button[type=submit]");
    browser.awaitText(".commands li:first-child", "retry shard " + POISONED);
    browser.awaitText(".commands li:first-child .step.done:last-child", "durable");

    browser.await(
        "an attempt has failed, and the event can be skipped",
        () -> !browser.text(".panel [data-command=skip]").isEmpty());
    long last = lastOfTheEventAtTheHead(browser);
    browser.click(".panel [data-command=skip]");
    browser.awaitText("dialog .effects", "It is logged with your reason");
    browser.write("dialog input[name=reason]", "ticket 4711: there is no warehouse 7");
    browser.picture("console-skip");
    long asked = stage.now();
    browser.click("dialog button[type=submit]");
    browser.awaitText(".commands li:first-child", "skip shard " + POISONED);
    browser.awaitText(".commands li:first-child .step.done:last-child", "durable");
    stage.moved(POISONED, last + 1, asked, stage.now());
    stage.repairFunction();
    browser.await(
        "the backlog drains",
        () -> browser.text(row(POISONED) + " .col-lag").matches("[0-9]|[0-4][0-9]"));
    browser.pressEscape();
  }

  private static long lastOfTheEventAtTheHead(Browser browser) {
    Object last =
        browser.runAsync(
            "const done = arguments[0];"
                + "fetch('/api' + location.hash.slice(1).split('/shards')[0])"
                + ".then((answer) => answer.json())"
                + ".then(({ job }) => done(job.shards.find((each) => each.shard === '"
                + POISONED
                + "').envelope.last.sequence));");
    return ((Number) last).longValue();
  }

  /** Of a console that is locked, on the same cluster. */
  private void theTokenIsAskedFor(ConsoleStage stage, Browser browser) throws Exception {
    String url = stage.lockedUrl("correct-horse-battery-staple");
    browser.await("the locked console listens", () -> browser.opens(url));
    browser.awaitText("form.login h1", "needs its token");
    assertThat(browser.text("main")).doesNotContain("orders");
    browser.write("form.login input[name=token]", "wrong-horse-battery-staple");
    browser.click("form.login button");
    browser.awaitText("form.login .problem", "token");
    browser.picture("console-login");
    browser.write("form.login input[name=token]", "correct-horse-battery-staple");
    browser.click("form.login button");
    browser.awaitText(".health", "running");
    browser.click("#log-out");
    browser.awaitText("form.login h1", "needs its token");
  }

  private void thePageOutlivesTheJobManager(ConsoleStage stage, Browser browser) throws Exception {
    long at = stage.now();
    stage.cluster.killJobManager();
    browser.awaitText(".cluster", "unreachable");
    browser.awaitText(".banners", "The JobManager cannot be reached");
    assertThat(browser.count("table.shards tbody tr"))
        .as("what was seen last")
        .isEqualTo(ConsoleStage.SHARDS);
    browser.picture("console-unreachable");
    stage.cluster.startJobManager();
    browser.awaitText(".health", "running");
    browser.await("the banners are gone", () -> browser.text(".banners").isEmpty());
    stage.crashed(at);
    long delivered = stage.gauge.delivered();
    browser.await("records flow", () -> stage.gauge.delivered() > delivered + 100);
    browser.await(
        "and are seen to", () -> browser.text(".figure:first-child b").matches("[1-9][0-9.,]*"));
  }

  /** The page as it is, on a desk and on a phone, by day and by night. */
  private static void pictures(Browser browser, String name) throws Exception {
    browser.desktop(true);
    browser.picture(name + "-dark");
    browser.phone(false);
    browser.picture(name + "-phone");
    browser.phone(true);
    browser.picture(name + "-phone-dark");
    browser.desktop(false);
    browser.picture(name);
  }
}
