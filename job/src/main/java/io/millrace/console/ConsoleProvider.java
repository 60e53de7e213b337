// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import io.millrace.cli.CommandProvider;

/**
 * Brings {@code millrace console}, where its classes are: not in the jar that a cluster is given.
 */
public final class ConsoleProvider implements CommandProvider {

  @Override
  public Object command() {
    return new ConsoleCommand();
  }
}
