// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.command;

import io.millrace.cli.CommandProvider;
import io.millrace.standalone.ClusterCommand;

/** Brings {@code millrace cluster}. */
public final class ClusterProvider implements CommandProvider {

  @Override
  public Object command() {
    return new ClusterCommand();
  }
}
