// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.command;

import io.millrace.cli.CommandProvider;
import io.millrace.e2e.prove.ProveCommand;

/** Brings {@code millrace prove}. */
public final class ProveProvider implements CommandProvider {

  @Override
  public Object command() {
    return new ProveCommand();
  }
}
