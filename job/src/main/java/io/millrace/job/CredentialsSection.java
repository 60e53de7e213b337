// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.credentials.ReferencedCredentials;
import io.millrace.credentials.SecretReference;
import io.millrace.job.TriggerFile.Entry;
import io.millrace.options.OptionException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;

/** The three keys of one {@code credentials} section. */
record CredentialsSection(
    ConfigOption<String> accessKeyId,
    ConfigOption<String> accessKeySecret,
    ConfigOption<String> securityToken) {

  private static final String REFERENCES = "${NAME}, ${NAME:-default} or ${file:PATH}";

  private static final CredentialsSection COMMON =
      new CredentialsSection(
          TriggerOptions.ACCESS_KEY_ID,
          TriggerOptions.ACCESS_KEY_SECRET,
          TriggerOptions.SECURITY_TOKEN);

  /** Of the source, where given; else the common one. */
  static ReferencedCredentials source(Map<String, Entry> entries) {
    return new CredentialsSection(
            TriggerOptions.SOURCE_ACCESS_KEY_ID,
            TriggerOptions.SOURCE_ACCESS_KEY_SECRET,
            TriggerOptions.SOURCE_SECURITY_TOKEN)
        .orCommon(entries)
        .read(entries);
  }

  /** Of the function, where given; else the common one. */
  static ReferencedCredentials function(Map<String, Entry> entries) {
    return new CredentialsSection(
            TriggerOptions.FUNCTION_ACCESS_KEY_ID,
            TriggerOptions.FUNCTION_ACCESS_KEY_SECRET,
            TriggerOptions.FUNCTION_SECURITY_TOKEN)
        .orCommon(entries)
        .read(entries);
  }

  /** A section counts as a whole: one account's token would not fit another account's key. */
  private CredentialsSection orCommon(Map<String, Entry> entries) {
    boolean given =
        List.of(accessKeyId, accessKeySecret, securityToken).stream()
            .anyMatch(option -> entries.containsKey(option.key()));
    return given ? this : COMMON;
  }

  private ReferencedCredentials read(Map<String, Entry> entries) {
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
