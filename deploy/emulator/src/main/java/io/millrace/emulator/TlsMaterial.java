// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A server certificate with its key.
 *
 * @param keyStore a PKCS12 file
 * @param password of the file and of the key in it
 */
public record TlsMaterial(Path keyStore, String password) {

  public TlsMaterial {
    Objects.requireNonNull(keyStore, "keyStore");
    Objects.requireNonNull(password, "password");
  }

  /** Leaves the password out. */
  @Override
  public String toString() {
    return "TlsMaterial[" + keyStore + "]";
  }
}
