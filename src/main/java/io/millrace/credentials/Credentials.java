// SPDX-License-Identifier: Apache-2.0
package io.millrace.credentials;

import java.util.Optional;

/**
 * What lets a request in: an access key, which signs it, or an IAM token, which goes along with it.
 * Lives for one request; is never stored, logged or serialized.
 *
 * @param accessKeyId public part; empty with an IAM token
 * @param accessKeySecret secret part; empty with an IAM token
 * @param securityToken of temporary credentials
 * @param authToken of IAM, in place of an access key
 */
public record Credentials(
    String accessKeyId,
    String accessKeySecret,
    Optional<String> securityToken,
    Optional<String> authToken) {

  /** An access key, with its security token where it has one. */
  public Credentials(String accessKeyId, String accessKeySecret, Optional<String> securityToken) {
    this(accessKeyId, accessKeySecret, securityToken, Optional.empty());
  }

  /** An IAM token. */
  public static Credentials ofAuthToken(String authToken) {
    return new Credentials("", "", Optional.empty(), Optional.of(authToken));
  }

  @Override
  public String toString() {
    return authToken.isPresent() ? "Credentials[an IAM token]" : "Credentials[" + accessKeyId + "]";
  }
}
