// SPDX-License-Identifier: Apache-2.0
package io.millrace.credentials;

import java.util.Optional;

/**
 * What signs a request. Lives for one request; is never stored, logged or serialized.
 *
 * @param accessKeyId public part
 * @param accessKeySecret secret part
 * @param securityToken of temporary credentials
 */
public record Credentials(
    String accessKeyId, String accessKeySecret, Optional<String> securityToken) {

  @Override
  public String toString() {
    return "Credentials[" + accessKeyId + "]";
  }
}
