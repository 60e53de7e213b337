// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.storage;

import java.util.Locale;

/** What a storage does to those who write. Whoever reads is served all the same. */
public enum StorageFault {
  /** It refuses to make files, and to take another byte of those that are being written. */
  REFUSES,
  /** It takes the beginning of each file. */
  FULL,
  /** It takes what a task writes, but not before the fault is over. */
  HANGS;

  /** As it is said of the storage. */
  public String title() {
    return this == FULL ? "is full" : name().toLowerCase(Locale.ROOT);
  }
}
