// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.console;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.openqa.selenium.By;
import org.openqa.selenium.ElementNotInteractableException;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Debian's Chromium without a window; elements are named by CSS selectors. */
final class Browser implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final int DESKTOP_WIDTH = 1440;
  private static final int DESKTOP_HEIGHT = 900;
  private static final int PHONE_WIDTH = 390;
  private static final int PHONE_HEIGHT = 844;

  private final ChromeDriver driver;
  private final Path pictures;

  /**
   * @param pictures where screenshots go
   */
  Browser(Path pictures) {
    this.pictures = pictures;
    ChromeOptions options = new ChromeOptions();
    options.setBinary("/usr/bin/chromium");
    // Containers have no user namespaces for its sandbox; it sees nothing but our own page.
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.WARNING);
    options.setCapability("goog:loggingPrefs", logs);
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(new File("/usr/bin/chromedriver"))
                .usingAnyFreePort()
                .build(),
            options);
    // Scripts wait for frames, of which a machine that is busy draws few.
    driver.manage().timeouts().scriptTimeout(PATIENCE);
    desktop(false);
  }

  void open(String url) {
    driver.get(url);
  }

  /** Opens a page of a server that may not listen yet; false where it does not. */
  boolean opens(String url) {
    try {
      open(url);
      return true;
    } catch (WebDriverException e) {
      if (e.getMessage().contains("ERR_CONNECTION_REFUSED")) {
        return false;
      }
      throw e;
    }
  }

  /** What the page's script and the browser complained of. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getMessage())
        .toList();
  }

  void desktop(boolean dark) {
    show(DESKTOP_WIDTH, DESKTOP_HEIGHT, false, dark);
  }

  void phone(boolean dark) {
    show(PHONE_WIDTH, PHONE_HEIGHT, true, dark);
  }

  private void show(int width, int height, boolean phone, boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width", width, "height", height, "deviceScaleFactor", phone ? 2 : 1, "mobile", phone));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  /** Keeps a picture of the page as it is. */
  void picture(String name) throws IOException {
    // Two frames: one to lay the page out anew, one for what draws itself after that.
    driver.executeAsyncScript(
        "const done = arguments[0];"
            + "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 300)));");
    Files.createDirectories(pictures);
    Files.write(pictures.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
  }

  /** The text of the first element, as a person sees it, on one line; empty while there is none. */
  String text(String selector) {
    for (WebElement element : driver.findElements(By.cssSelector(selector))) {
      try {
        if (element.isDisplayed()) {
          return element.getText().replaceAll("\\s+", " ");
        }
      } catch (StaleElementReferenceException replaced) {
        return "";
      }
    }
    return "";
  }

  int count(String selector) {
    return driver.findElements(By.cssSelector(selector)).size();
  }

  /** Waits until the element's text contains something. */
  void awaitText(String selector, String part) {
    await(selector + " says '" + part + "'", () -> text(selector).contains(part));
  }

  /** Waits for something that must come about; leaves a picture of the page where it does not. */
  void await(String what, Callable<Boolean> condition) {
    try {
      Awaitility.await(what)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .ignoreExceptionsMatching(Browser::isOfAnElementThatWasReplaced)
          .until(condition);
    } catch (ConditionTimeoutException e) {
      keepAsItIs();
      throw new AssertionError(
          what + " did not come about; the page says '" + text("body") + "', " + complaints(), e);
    }
  }

  /** What was found is not there any more, or something else is over it: nothing was done to it. */
  private static boolean isOfAnElementThatWasReplaced(Throwable failure) {
    return failure instanceof StaleElementReferenceException
        || failure instanceof NoSuchElementException
        || failure instanceof ElementNotInteractableException;
  }

  private void keepAsItIs() {
    try {
      picture("console-late");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Clicks an element as soon as it is there and has a text. */
  void click(String selector) {
    await(
        selector + " is clicked",
        () -> {
          if (text(selector).isEmpty()) {
            return false;
          }
          driver.findElement(By.cssSelector(selector)).click();
          return true;
        });
  }

  /** Replaces what a field holds, as soon as it is there. */
  void write(String selector, String text) {
    await(
        selector + " is written",
        () -> {
          WebElement field = driver.findElement(By.cssSelector(selector));
          field.clear();
          field.sendKeys(text);
          return true;
        });
  }

  /** Presses keys where the focus is. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  void pressEscape() {
    press(Keys.ESCAPE);
  }

  /** Runs a script in the page and gives what it returns. */
  Object run(String script) {
    return driver.executeScript(script);
  }

  /** Runs a script that calls its last argument when it is done. */
  Object runAsync(String script) {
    return driver.executeAsyncScript(script);
  }

  /** From now on {@link #busyMillis} counts. */
  void watchBusy() {
    driver.executeCdpCommand("Performance.enable", Map.of("timeDomain", "threadTicks"));
  }

  /** Processor time of the page's thread so far: however busy the machine is with other things. */
  double busyMillis() {
    List<?> metrics =
        (List<?>) driver.executeCdpCommand("Performance.getMetrics", Map.of()).get("metrics");
    for (Object each : metrics) {
      Map<?, ?> metric = (Map<?, ?>) each;
      if (metric.get("name").equals("TaskDuration")) {
        return ((Number) metric.get("value")).doubleValue() * 1000;
      }
    }
    throw new IllegalStateException("the browser does not tell its time: " + metrics);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
