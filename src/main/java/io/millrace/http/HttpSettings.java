// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * Settings of the transport, the same for every call of a job.
 *
 * @param connectTimeout for resolving the name, connecting and the TLS handshake
 * @param maxConnectionsPerHost calls beyond it wait for a free connection
 */
public record HttpSettings(Duration connectTimeout, int maxConnectionsPerHost)
    implements Serializable {

  /** 10 s to connect, 1024 connections. */
  public static final HttpSettings DEFAULT = new HttpSettings(Duration.ofSeconds(10), 1024);

  public HttpSettings {
    Objects.requireNonNull(connectTimeout, "connectTimeout");
  }
}
