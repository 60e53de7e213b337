// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** The {@code User-Agent} of our requests: tells a service's log which process called. */
public final class UserAgent {

  /** {@code millrace/<version> (<pid>@<host>)}. */
  public static final String VALUE =
      "millrace/" + version() + " (" + ProcessHandle.current().pid() + "@" + host() + ")";

  private UserAgent() {}

  private static String version() {
    return Optional.ofNullable(UserAgent.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^\\x21-\\x7e]", "?");
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
