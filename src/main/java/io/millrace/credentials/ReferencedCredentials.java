// SPDX-License-Identifier: Apache-2.0
package io.millrace.credentials;

import java.util.Objects;
import java.util.Optional;

/**
 * Credentials by reference, resolved at each request.
 *
 * @param accessKeyId a plain id or a reference
 * @param accessKeySecret a reference
 * @param securityToken a reference, or empty
 */
public record ReferencedCredentials(
    String accessKeyId, SecretReference accessKeySecret, SecretReference securityToken)
    implements CredentialsProvider {

  public ReferencedCredentials {
    Objects.requireNonNull(accessKeyId, "accessKeyId");
    Objects.requireNonNull(accessKeySecret, "accessKeySecret");
  }

  /** Credentials without a security token. */
  public static ReferencedCredentials of(String accessKeyId, String accessKeySecret) {
    return new ReferencedCredentials(accessKeyId, SecretReference.of(accessKeySecret), null);
  }

  @Override
  public Credentials get() {
    String id =
        SecretReference.isReference(accessKeyId)
            ? SecretReference.of(accessKeyId).resolve()
            : accessKeyId;
    Optional<String> token =
        securityToken == null ? Optional.empty() : securityToken.resolveOptional();
    return new Credentials(id, accessKeySecret.resolve(), token);
  }
}
