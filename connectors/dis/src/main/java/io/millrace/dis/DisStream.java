// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.http.HttpTransport;
import io.millrace.inquiry.Inquiry;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamWords;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;

/**
 * Which stream, how, and as whom. Travels in the job graph.
 *
 * @param endpoint without a slash at its end
 * @param app empty for none
 * @param maxFetchBytes of the records' data in one answer
 */
record DisStream(
    URI endpoint,
    String projectId,
    String name,
    String app,
    int maxFetchBytes,
    EventForm form,
    CredentialsProvider credentials)
    implements StreamClient.Factory {

  private static final long serialVersionUID = 1L;

  @Override
  public StreamClient open(HttpTransport transport) {
    return open(transport, Clock.systemUTC());
  }

  StreamClient open(HttpTransport transport, Clock clock) {
    return new DisStreamClient(this, new DisCalls(this, transport, clock), clock);
  }

  @Override
  public Inquiry inquiry(HttpTransport transport) {
    return new DisInquiry(this, transport, Clock.systemUTC());
  }

  /** Another stream, asked in the same way. */
  DisStream at(String otherName) {
    return new DisStream(endpoint, projectId, otherName, "", maxFetchBytes, form, credentials);
  }

  /** The same stream, asked by somebody else. */
  DisStream by(CredentialsProvider other) {
    return new DisStream(endpoint, projectId, name, app, maxFetchBytes, form, other);
  }

  /** {@code <project id>/<stream>}. */
  @Override
  public String stream() {
    return projectId + "/" + name;
  }

  /** What messages call it. */
  StreamWords words() {
    return new StreamWords("DIS", stream(), "stream", "partition", "the stream's retention");
  }

  /** Scaling up brings partitions back that scaling down took out of service. */
  @Override
  public boolean reopens() {
    return true;
  }

  @Override
  public Optional<String> subscription() {
    return app.isEmpty() ? Optional.empty() : Optional.of(app);
  }

  @Override
  public String subscriptionOption() {
    return DisOptions.APP.key();
  }
}
