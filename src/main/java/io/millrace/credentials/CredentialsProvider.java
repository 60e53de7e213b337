// SPDX-License-Identifier: Apache-2.0
package io.millrace.credentials;

import java.io.Serializable;

/** Gives the credentials that are valid now. Travels in the job graph without any secret in it. */
@FunctionalInterface
public interface CredentialsProvider extends Serializable {

  /**
   * The credentials of this moment. Cheap enough to be called for every request.
   *
   * @throws MissingCredentialException when a variable or file is not there; the message names host
   *     and variable or path
   */
  Credentials get();

  /** A secret could not be resolved on this machine. */
  final class MissingCredentialException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MissingCredentialException(String message) {
      super(message);
    }
  }
}
