// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What an address of FunctionGraph says: {@code functiongraph.<region>.<cloud>}, or a host of the
 * user's own, which says nothing.
 */
final class FunctionGraphEndpoint {

  private static final String SERVICE = "functiongraph";

  private final List<String> labels;

  FunctionGraphEndpoint(URI endpoint) {
    this.labels = List.of(endpoint.getHost().split("\\."));
  }

  /** The second label of one of the cloud's own addresses. */
  Optional<String> region() {
    return labels.size() > 3 && labels.get(0).equals(SERVICE)
        ? Optional.of(labels.get(1))
        : Optional.empty();
  }
}
