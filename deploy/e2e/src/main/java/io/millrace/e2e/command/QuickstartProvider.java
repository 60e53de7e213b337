// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.command;

import io.millrace.cli.CommandProvider;

/** Brings {@code millrace quickstart}. */
public final class QuickstartProvider implements CommandProvider {

  @Override
  public Object command() {
    return new QuickstartCommand();
  }
}
