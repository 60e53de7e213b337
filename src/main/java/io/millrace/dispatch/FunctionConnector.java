// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.options.OptionException;
import java.util.List;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** What a function type brings; found with {@link java.util.ServiceLoader}. */
@PublicEvolving
public interface FunctionConnector {

  /** The value of {@code function.type}, for example {@code function-compute}. */
  String type();

  /** Whether requests may carry an IAM token instead of being signed with an access key. */
  default boolean acceptsAuthToken() {
    return false;
  }

  /** The options of this type, keys beginning with {@code function.}. */
  List<ConfigOption<?>> options();

  /**
   * Invokes the function that the options name. Validates all options, does no I/O.
   *
   * @throws OptionException naming the first option that is missing or not accepted
   */
  FunctionInvoker.Factory invoker(ReadableConfig options, CredentialsProvider credentials);
}
