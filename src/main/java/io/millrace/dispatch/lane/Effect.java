// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

/** What became of an operator's command. */
public sealed interface Effect {

  Effect DONE = new Done();
  Effect LATER = new Later();

  /** It was done, now or before. */
  record Done() implements Effect {}

  /** It cannot be done yet, and is to be given again. */
  record Later() implements Effect {}

  /**
   * There is nothing that it could be done to any more.
   *
   * @param reason for the operator
   */
  record Missed(String reason) implements Effect {}
}
