// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import java.io.IOException;
import java.util.OptionalLong;

/** A fault that was begun and is not over, so that something else can be done meanwhile. */
abstract class Blow {

  private final long at;
  private final String what;

  /**
   * @param at when it was struck
   * @param what was struck, in words
   */
  Blow(long at, String what) {
    this.at = at;
    this.what = what;
  }

  final long at() {
    return at;
  }

  String what() {
    return what;
  }

  /** Returns when what was killed runs again, or when what lasts has lasted and was ended. */
  abstract void pass() throws IOException, InterruptedException;

  /**
   * Returns when records flow again.
   *
   * @return the moment from which on they did where the fault had cut them off; nothing where it
   *     cut nothing off
   */
  abstract OptionalLong recover() throws IOException, InterruptedException;
}
