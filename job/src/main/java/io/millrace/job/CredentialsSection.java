// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.credentials.ReferencedAuthToken;
import io.millrace.credentials.ReferencedCredentials;
import io.millrace.credentials.SecretReference;
import io.millrace.dispatch.FunctionConnector;
import io.millrace.job.TriggerFile.Entry;
import io.millrace.options.OptionException;
import io.millrace.source.StreamConnector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;

/** The keys of one {@code credentials} section: an access key, or an IAM token. */
record CredentialsSection(
    ConfigOption<String> accessKeyId,
    ConfigOption<String> accessKeySecret,
    ConfigOption<String> securityToken,
    ConfigOption<String> authToken) {

  private static final String REFERENCES = "${NAME}, ${NAME:-default} or ${file:PATH}";

  private static final CredentialsSection COMMON =
      new CredentialsSection(
          TriggerOptions.ACCESS_KEY_ID,
          TriggerOptions.ACCESS_KEY_SECRET,
          TriggerOptions.SECURITY_TOKEN,
          TriggerOptions.AUTH_TOKEN);

  /** Of the source, where given; else the common one. */
  static CredentialsProvider source(Map<String, Entry> entries, StreamConnector stream) {
    return new CredentialsSection(
            TriggerOptions.SOURCE_ACCESS_KEY_ID,
            TriggerOptions.SOURCE_ACCESS_KEY_SECRET,
            TriggerOptions.SOURCE_SECURITY_TOKEN,
            TriggerOptions.SOURCE_AUTH_TOKEN)
        .orCommon(entries)
        .read(
            entries,
            stream.acceptsAuthToken(),
            TriggerOptions.SOURCE_TYPE.key() + ": " + stream.type());
  }

  /** Of the function, where given; else the common one. */
  static CredentialsProvider function(Map<String, Entry> entries, FunctionConnector function) {
    return new CredentialsSection(
            TriggerOptions.FUNCTION_ACCESS_KEY_ID,
            TriggerOptions.FUNCTION_ACCESS_KEY_SECRET,
            TriggerOptions.FUNCTION_SECURITY_TOKEN,
            TriggerOptions.FUNCTION_AUTH_TOKEN)
        .orCommon(entries)
        .read(
            entries,
            function.acceptsAuthToken(),
            TriggerOptions.FUNCTION_TYPE.key() + ": " + function.type());
  }

  /** A section counts as a whole: one account's token would not fit another account's key. */
  private CredentialsSection orCommon(Map<String, Entry> entries) {
    boolean given =
        Stream.of(accessKeyId, accessKeySecret, securityToken, authToken)
            .anyMatch(option -> entries.containsKey(option.key()));
    return given ? this : COMMON;
  }

  private CredentialsProvider read(
      Map<String, Entry> entries, boolean acceptsAuthToken, String side) {
    Optional<SecretReference> token = secret(entries, authToken);
    if (token.isEmpty()) {
      return accessKey(entries);
    }
    Entry entry = entries.get(authToken.key());
    if (!acceptsAuthToken) {
      throw entry.refused(
          "is not accepted with %s; accepted: %s and %s"
              .formatted(side, accessKeyId.key(), accessKeySecret.key()));
    }
    for (ConfigOption<String> other : List.of(accessKeyId, accessKeySecret, securityToken)) {
      if (entries.containsKey(other.key())) {
        throw entry.refused("is given beside " + other.key() + "; accepted: one of the two");
      }
    }
    return new ReferencedAuthToken(token.get());
  }

  private ReferencedCredentials accessKey(Map<String, Entry> entries) {
    Entry id = entries.get(accessKeyId.key());
    if (id == null || id.value().isBlank()) {
      throw OptionException.missing(accessKeyId, "an access key id, or " + REFERENCES);
    }
    if (id.value().startsWith("${") && !SecretReference.isReference(id.value())) {
      throw id.refused("'" + id.value() + "' is not accepted; accepted: an id, or " + REFERENCES);
    }
    SecretReference secret =
        secret(entries, accessKeySecret)
            .orElseThrow(() -> OptionException.missing(accessKeySecret, REFERENCES));
    return new ReferencedCredentials(
        id.value(), secret, secret(entries, securityToken).orElse(null));
  }

  /** The value is not repeated in a message: it may be the secret itself. */
  private static Optional<SecretReference> secret(
      Map<String, Entry> entries, ConfigOption<String> option) {
    Entry entry = entries.get(option.key());
    if (entry == null) {
      return Optional.empty();
    }
    if (!SecretReference.isReference(entry.value())) {
      throw entry.refused(
          "the value is not a reference, and a secret is not accepted in a trigger; accepted: "
              + REFERENCES);
    }
    return Optional.of(SecretReference.of(entry.value()));
  }
}
