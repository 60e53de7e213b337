// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import io.millrace.credentials.Credentials;
import java.nio.charset.StandardCharsets;

/** What a service said, made fit for a log line and a status table: one line, short, no secret. */
public final class OneLine {

  private static final int MAX_CHARS = 1000;

  /** A character has four bytes at most; what is cut away later need not be decoded. */
  private static final int MAX_BYTES = 4 * MAX_CHARS;

  private OneLine() {}

  /** The beginning of a body that should be UTF-8 text. */
  public static String of(byte[] body) {
    return of(
        new String(body, 0, Math.min(body.length, MAX_BYTES + 4), StandardCharsets.UTF_8),
        body.length > MAX_BYTES);
  }

  /** As {@link #of(byte[])}, without the secret and the tokens; nor is one left that is cut. */
  public static String of(byte[] body, Credentials credentials) {
    int bytes = Math.min(body.length, MAX_BYTES + 4);
    String text = without(credentials, new String(body, 0, bytes, StandardCharsets.UTF_8));
    if (bytes < body.length) {
      text = withoutBeginningAtEnd(text, credentials.accessKeySecret());
      text = withoutBeginningAtEnd(text, credentials.securityToken().orElse(""));
      text = withoutBeginningAtEnd(text, credentials.authToken().orElse(""));
    }
    return of(text, bytes < body.length);
  }

  /** As {@link #of(String)}, without the secret and the tokens; nor is one left that is cut. */
  public static String of(String text, Credentials credentials) {
    return of(without(credentials, text));
  }

  /** What of a secret was cut off is not there to be found, so what is left of it goes too. */
  private static String withoutBeginningAtEnd(String text, String secret) {
    for (int length = Math.min(text.length(), secret.length() - 1); length > 0; length--) {
      if (text.regionMatches(text.length() - length, secret, 0, length)) {
        return text.substring(0, text.length() - length);
      }
    }
    return text;
  }

  /** White space becomes one space, other control characters their code; cut to 1000 characters. */
  public static String of(String text) {
    return of(text, false);
  }

  private static String of(String text, boolean more) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), MAX_CHARS) + 8);
    boolean space = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        space = !line.isEmpty();
        continue;
      }
      if (space) {
        line.append(' ');
        space = false;
      }
      if (printable(c)) {
        line.appendCodePoint(c);
      } else {
        line.append(String.format("\\u%04x", c));
      }
      if (line.length() >= MAX_CHARS) {
        return i < text.length() || more ? line.append(" …").toString() : line.toString();
      }
    }
    return more ? line.append(" …").toString() : line.toString();
  }

  private static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  /**
   * {@code text} without the secret and the tokens, should a service have repeated them. Not for
   * text that was cut: of a secret that is not whole nothing is recognized.
   */
  public static String without(Credentials credentials, String text) {
    String clean = masked(text, credentials.accessKeySecret());
    clean = masked(clean, credentials.securityToken().orElse(""));
    return masked(clean, credentials.authToken().orElse(""));
  }

  private static String masked(String text, String secret) {
    return secret.isEmpty() ? text : text.replace(secret, "****");
  }
}
