// SPDX-License-Identifier: Apache-2.0
package io.millrace.credentials;

import io.millrace.credentials.CredentialsProvider.MissingCredentialException;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a secret is found: {@code ${NAME}}, {@code ${NAME:-default}} (an environment variable) or
 * {@code ${file:PATH}}. Resolved on the machine that needs it, each time, so that a rotated secret
 * is picked up.
 */
public final class SecretReference implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final Pattern ENVIRONMENT =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");
  private static final Pattern FILE = Pattern.compile("\\$\\{file:([^}]+)}");

  private final String text;

  private SecretReference(String text) {
    this.text = text;
  }

  /** True when {@code text} has the form of a reference. */
  public static boolean isReference(String text) {
    return ENVIRONMENT.matcher(text).matches() || FILE.matcher(text).matches();
  }

  /**
   * A reference from its text.
   *
   * @throws IllegalArgumentException when the text is not a reference; the message does not repeat
   *     it, because it may be the secret itself
   */
  public static SecretReference of(String text) {
    if (!isReference(text)) {
      throw new IllegalArgumentException("accepted are ${NAME}, ${NAME:-default} and ${file:PATH}");
    }
    return new SecretReference(text);
  }

  /**
   * The secret.
   *
   * @throws MissingCredentialException when the variable or the file is not there
   */
  public String resolve() {
    return resolveOptional()
        .orElseThrow(
            () -> new MissingCredentialException(text + " is not set or empty on host " + host()));
  }

  /** Whether it is a file's content, which can be replaced while a job runs. */
  public boolean isFile() {
    return FILE.matcher(text).matches();
  }

  /** The secret, or empty where the variable is unset and has no default, or the value is empty. */
  public Optional<String> resolveOptional() {
    Matcher file = FILE.matcher(text);
    if (file.matches()) {
      try {
        return nonEmpty(Files.readString(Path.of(file.group(1)), StandardCharsets.UTF_8).strip());
      } catch (IOException e) {
        throw new MissingCredentialException(
            text + " cannot be read on host " + host() + ": " + e.getMessage());
      }
    }
    Matcher environment = ENVIRONMENT.matcher(text);
    if (!environment.matches()) {
      throw new IllegalStateException("not a reference");
    }
    String value = System.getenv(environment.group(1));
    return nonEmpty(value == null || value.isEmpty() ? environment.group(2) : value);
  }

  private static Optional<String> nonEmpty(String value) {
    return value == null || value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "(unknown)";
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretReference that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return Objects.hash(text);
  }

  /** The reference itself; never the secret. */
  @Override
  public String toString() {
    return text;
  }
}
