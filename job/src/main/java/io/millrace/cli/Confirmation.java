// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import java.io.Console;
import java.util.Locale;

/** Asks the user whether what was announced is to be done. */
final class Confirmation {

  private Confirmation() {}

  /**
   * Returns when it is to be done.
   *
   * @param given whether the user has said so already
   * @param verb the question
   * @param nothing what has become of it if it is not to be done
   */
  static void ask(boolean given, String verb, String nothing) {
    if (given) {
      return;
    }
    Console console = System.console();
    if (console == null) {
      throw CommandFailure.badInput("--yes: missing; " + nothing);
    }
    String answer = console.readLine(verb + "? [y/N] ");
    if (answer == null || !answer.strip().equalsIgnoreCase("y")) {
      throw CommandFailure.failed(verb.toLowerCase(Locale.ROOT) + ": " + nothing);
    }
  }
}
