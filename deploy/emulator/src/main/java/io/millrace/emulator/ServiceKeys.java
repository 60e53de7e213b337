// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import java.util.Optional;

/**
 * The one access key that the services accept, with the token that must come with it.
 *
 * <p>Without a token, a request that carries one is refused.
 */
public record ServiceKeys(
    String accessKeyId, String accessKeySecret, Optional<String> securityToken) {

  /** Leaves the secrets out. */
  @Override
  public String toString() {
    return "ServiceKeys[" + accessKeyId + "]";
  }
}
