// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.command;

import io.millrace.cli.CommandProvider;

/** Brings {@code millrace emulator}. */
public final class EmulatorProvider implements CommandProvider {

  @Override
  public Object command() {
    return new EmulatorCommand();
  }
}
