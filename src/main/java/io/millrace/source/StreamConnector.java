// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.options.OptionException;
import java.util.List;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What a source type brings; found with {@link java.util.ServiceLoader}. Both methods that take
 * options validate all of them and do no I/O.
 */
@PublicEvolving
public interface StreamConnector {

  /** The value of {@code source.type}, for example {@code datahub}. */
  String type();

  /** Whether requests may carry an IAM token instead of being signed with an access key. */
  default boolean acceptsAuthToken() {
    return false;
  }

  /** The options of this type, keys beginning with {@code source.}. */
  List<ConfigOption<?>> options();

  /**
   * Reads the stream that the options name.
   *
   * @throws OptionException naming the first option that is missing or not accepted
   */
  StreamClient.Factory client(ReadableConfig options, CredentialsProvider credentials);

  /**
   * Renders the events of the stream that the options name.
   *
   * @throws OptionException naming the first option that is missing or not accepted
   */
  EnvelopeFormat format(ReadableConfig options);

  /**
   * The store of the stream's own cloud for delivered positions: {@code delivery.ledger: source}.
   *
   * @throws OptionException naming the option that the ledger needs and that is missing or not
   *     accepted
   */
  DeliveryLedger.Factory ledger(ReadableConfig options, CredentialsProvider credentials);
}
