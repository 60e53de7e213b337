// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

/** Adds a command to {@code millrace}; found with {@link java.util.ServiceLoader}. */
public interface CommandProvider {

  /** An object with picocli's annotations; its command has a name. */
  Object command();
}
