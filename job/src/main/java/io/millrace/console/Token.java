// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** The secret that whoever uses the console must know. Never shown. */
final class Token {

  private static final int SHORTEST = 16;

  private final byte[] digest;

  private Token(String secret) {
    digest = digest(secret);
  }

  /** The first line of a file. */
  static Token read(Path file) {
    String secret;
    try {
      secret = Files.readString(file).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      throw CommandFailure.badInput(
          "--token-file: '"
              + file
              + "' cannot be read; accepted: a file whose first line is a token");
    }
    if (secret.length() < SHORTEST) {
      throw CommandFailure.badInput(
          "--token-file: the first line of '"
              + file
              + "' is too short for a token; accepted: "
              + SHORTEST
              + " characters or more, for example from openssl rand -hex 32");
    }
    return new Token(secret);
  }

  /** Compares in a time that tells nothing of the secret, not even its length. */
  boolean is(String given) {
    return MessageDigest.isEqual(digest, digest(given));
  }

  private static byte[] digest(String secret) {
    return Digests.sha256(secret.getBytes(UTF_8));
  }
}
