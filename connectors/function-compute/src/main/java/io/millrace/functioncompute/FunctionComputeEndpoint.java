// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an address of Function Compute says: {@code <account>.<region>[-internal].fc.aliyuncs.com},
 * in the other order {@code <account>.fc.<region>[-internal].aliyuncs.com}, or a host of the user's
 * own, which says nothing.
 */
final class FunctionComputeEndpoint {

  static final Pattern ACCOUNT = Pattern.compile("\\d{1,32}");

  private static final Pattern ADDRESS_BY_NUMBER = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");
  private static final String CLOUD = ".aliyuncs.com";

  private final String host;
  private final List<String> labels;

  FunctionComputeEndpoint(URI endpoint) {
    this.host = endpoint.getHost();
    this.labels = Arrays.asList(host.split("\\."));
  }

  /** The first label where it is a number; else empty. */
  String account() {
    boolean number = labels.size() > 1 && ACCOUNT.matcher(labels.get(0)).matches();
    return number && !ADDRESS_BY_NUMBER.matcher(host).matches() ? labels.get(0) : "";
  }

  /** Whether it is the cloud's own, and reached over the Internet. */
  boolean isPublic() {
    return host.endsWith(CLOUD)
        && labels.stream()
            .noneMatch(label -> label.endsWith("-internal") || label.endsWith("-vpc"));
  }

  /** Whether it is the cloud's own, and lacks the account that it would serve. */
  boolean lacksAccount() {
    return host.endsWith(CLOUD) && account().isEmpty() && !isWithoutAccount();
  }

  /** The form {@code fcv3.<region>.aliyuncs.com}, which takes the account from the access key. */
  boolean isWithoutAccount() {
    return labels.get(0).equals("fcv3") || labels.get(0).equals("fcv3-vpc");
  }
}
