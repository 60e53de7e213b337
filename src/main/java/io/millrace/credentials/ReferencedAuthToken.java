// SPDX-License-Identifier: Apache-2.0
package io.millrace.credentials;

import java.util.Objects;

/**
 * An IAM token by reference, resolved at each request: the token of a file is renewed by replacing
 * the file.
 */
public record ReferencedAuthToken(SecretReference authToken) implements CredentialsProvider {

  public ReferencedAuthToken {
    Objects.requireNonNull(authToken, "authToken");
  }

  @Override
  public Credentials get() {
    return Credentials.ofAuthToken(authToken.resolve());
  }
}
