// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.datahub.DataHubOptions.BlobEncoding;
import io.millrace.http.HttpTransport;
import io.millrace.source.StreamClient;
import java.net.URI;
import java.time.Clock;

/**
 * Which topic, how, and as whom. Travels in the job graph.
 *
 * @param endpoint without a slash at its end
 * @param topicPath {@code /projects/<project>/topics/<topic>}
 */
record DataHubStream(
    URI endpoint, String topicPath, BlobEncoding blobEncoding, CredentialsProvider credentials)
    implements StreamClient.Factory {

  private static final long serialVersionUID = 1L;

  @Override
  public StreamClient open(HttpTransport transport) {
    Clock clock = Clock.systemUTC();
    return new DataHubStreamClient(this, new DataHubCalls(this, transport, clock), clock);
  }

  /** {@code <project>/<topic>}. */
  @Override
  public String stream() {
    String[] parts = topicPath.split("/", -1);
    return parts[2] + "/" + parts[4];
  }
}
