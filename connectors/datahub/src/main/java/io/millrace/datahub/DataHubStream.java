// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.http.HttpTransport;
import io.millrace.inquiry.Inquiry;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamWords;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;

/**
 * Which topic, how, and as whom. Travels in the job graph.
 *
 * @param endpoint without a slash at its end
 * @param topicPath {@code /projects/<project>/topics/<topic>}
 * @param subscriptionId empty for none
 */
record DataHubStream(
    URI endpoint,
    String topicPath,
    String subscriptionId,
    WireForm wire,
    EventForm form,
    CredentialsProvider credentials)
    implements StreamClient.Factory {

  private static final long serialVersionUID = 1L;

  @Override
  public StreamClient open(HttpTransport transport) {
    return open(transport, Clock.systemUTC());
  }

  StreamClient open(HttpTransport transport, Clock clock) {
    return new DataHubStreamClient(this, new DataHubCalls(this, transport, clock), clock);
  }

  @Override
  public Inquiry inquiry(HttpTransport transport) {
    return new DataHubInquiry(this, transport, Clock.systemUTC());
  }

  /** Another topic, asked in the same way. */
  DataHubStream at(String otherPath) {
    return new DataHubStream(endpoint, otherPath, "", wire, form, credentials);
  }

  /** The same topic, asked in another form. */
  DataHubStream in(WireForm other) {
    return new DataHubStream(endpoint, topicPath, subscriptionId, other, form, credentials);
  }

  /** The same topic, asked by somebody else. */
  DataHubStream by(CredentialsProvider other) {
    return new DataHubStream(endpoint, topicPath, subscriptionId, wire, form, other);
  }

  /** {@code <project>/<topic>}. */
  @Override
  public String stream() {
    String[] parts = topicPath.split("/", -1);
    return parts[2] + "/" + parts[4];
  }

  /** What messages call it. */
  StreamWords words() {
    return new StreamWords("DataHub", stream(), "topic", "shard", "the topic's lifecycle");
  }

  @Override
  public Optional<String> subscription() {
    return subscriptionId.isEmpty() ? Optional.empty() : Optional.of(subscriptionId);
  }
}
