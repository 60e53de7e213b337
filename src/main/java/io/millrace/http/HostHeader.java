// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.net.URI;

/** What the transport sends as {@code Host}, for signatures that cover it. */
public final class HostHeader {

  private HostHeader() {}

  /** The host, with its port where that is not the scheme's own. */
  public static String of(URI uri) {
    int usual = uri.getScheme().equals("https") ? 443 : 80;
    boolean bare = uri.getPort() < 0 || uri.getPort() == usual;
    return bare ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }
}
