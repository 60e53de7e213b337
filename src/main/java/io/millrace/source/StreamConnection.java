// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.http.HttpTransport;
import java.io.Serializable;
import org.apache.flink.annotation.Internal;

/** A stream's client on a job's transport, closed together. */
@Internal
public final class StreamConnection implements AutoCloseable {

  /** Gives the transport of a job in this JVM; closing it gives it back. */
  @FunctionalInterface
  public interface Transports extends Serializable {

    /** The transport of a job, shared by all that acquire it. */
    HttpTransport acquire(String job);
  }

  /** Opens connections; travels in the job graph. */
  public record Factory(StreamClient.Factory clients, Transports transports)
      implements Serializable {

    /** Opens a client on the transport of {@code job}. */
    public StreamConnection open(String job) {
      HttpTransport transport = transports.acquire(job);
      try {
        return new StreamConnection(clients.open(transport), transport);
      } catch (RuntimeException e) {
        transport.close();
        throw e;
      }
    }

    /** The stream's full name, for messages. */
    public String stream() {
      return clients.stream();
    }

    /** See {@link StreamClient.Factory#reopens}. */
    public boolean reopens() {
      return clients.reopens();
    }
  }

  private final StreamClient client;
  private final HttpTransport transport;

  private StreamConnection(StreamClient client, HttpTransport transport) {
    this.client = client;
    this.transport = transport;
  }

  /** The client. */
  public StreamClient client() {
    return client;
  }

  @Override
  public void close() {
    try (transport) {
      client.close();
    }
  }
}
