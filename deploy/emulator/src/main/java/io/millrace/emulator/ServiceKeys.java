// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import java.util.Optional;

/**
 * The one access key that the services accept, with the security token that must come with it.
 *
 * <p>Without a security token, a request that carries one is refused.
 *
 * @param authToken of the IAM, which DIS and FunctionGraph accept in place of a signature
 */
public record ServiceKeys(
    String accessKeyId,
    String accessKeySecret,
    Optional<String> securityToken,
    Optional<String> authToken) {

  /** Keys without an IAM token. */
  public ServiceKeys(String accessKeyId, String accessKeySecret, Optional<String> securityToken) {
    this(accessKeyId, accessKeySecret, securityToken, Optional.empty());
  }

  /** The same, and an IAM token besides. */
  public ServiceKeys orAuthToken(String token) {
    return new ServiceKeys(accessKeyId, accessKeySecret, securityToken, Optional.of(token));
  }

  /** Leaves the secrets out. */
  @Override
  public String toString() {
    return "ServiceKeys[" + accessKeyId + "]";
  }
}
