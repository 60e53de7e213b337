// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench;

import io.millrace.cli.CommandProvider;

/** Brings {@code millrace bench}. */
public final class BenchProvider implements CommandProvider {

  @Override
  public Object command() {
    return new BenchCommand();
  }
}
