// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Decides which requests are let in: those that were meant for this console, come from its own page
 * or from no page at all, and know the token where there is one.
 *
 * <p>What it defends against: a name that a stranger lets point to this machine (the host is
 * checked), a stranger's page that has a browser send commands (origin, fetch metadata, and a
 * content type that no form can send), and whoever can reach the port (the token).
 */
final class Gate {

  static final String COOKIE = "millrace-console";

  /** An address cannot be made to point elsewhere, as a name can. */
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:.]+\\]");

  private static final Pattern HOST = Pattern.compile("(\\[[^\\]]*\\]|[^:]*)(:[0-9]{1,5})?");

  private final Optional<Token> token;
  private final Sessions sessions;
  private final Set<String> names;

  /**
   * @param token that must be known; empty for none
   * @param names under which browsers may reach it, beside addresses and localhost; lower case
   */
  Gate(Optional<Token> token, Sessions sessions, Set<String> names) {
    this.token = token;
    this.sessions = sessions;
    this.names = Set.copyOf(names);
  }

  /** Whether a token must be known. */
  boolean isLocked() {
    return token.isPresent();
  }

  /** Refuses what was not meant for this console or was sent by another page. */
  void checkOrigin(Call call) {
    String host = call.header().apply("Host").orElse("");
    if (!isOurs(host)) {
      throw new RefusedCall(
          421,
          "Host: '"
              + host
              + "' is not a name of this console; accepted: an address, localhost, or a name that"
              + " was given with --name");
    }
    String site = call.header().apply("Sec-Fetch-Site").orElse("none");
    boolean navigation =
        call.isSafe() && call.header().apply("Sec-Fetch-Mode").orElse("").equals("navigate");
    if (!navigation && !site.equals("same-origin") && !site.equals("none")) {
      throw new RefusedCall(403, "a page of another site may not ask the console");
    }
    if (call.isSafe()) {
      return;
    }
    Optional<String> origin = call.header().apply("Origin");
    if (origin.isPresent() && !isOf(origin.get(), host)) {
      throw new RefusedCall(403, "a page of another origin may not give commands");
    }
    if (!call.method().equals("POST")) {
      // No form can send it, and a script of another origin must ask first, which it is not
      // granted.
      return;
    }
    String type = call.header().apply("Content-Type").orElse("").split(";", 2)[0].strip();
    if (!type.equalsIgnoreCase("application/json")) {
      throw new RefusedCall(415, "Content-Type: accepted: application/json");
    }
  }

  /** Whether it shows the token, or the cookie of a session that did. */
  boolean isAuthorized(Call call) {
    if (token.isEmpty()) {
      return true;
    }
    Optional<String> bearer =
        call.header()
            .apply("Authorization")
            .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
            .map(value -> value.substring(7).strip());
    return bearer.map(token.get()::is).orElseGet(() -> session(call).isPresent());
  }

  /**
   * Begins a session for whoever knows the token.
   *
   * @return the value of the header Set-Cookie
   */
  String logIn(String given) {
    if (token.isEmpty() || !token.get().is(given)) {
      throw new RefusedCall(401, "this is not the token");
    }
    return cookie(sessions.begin(), Sessions.LIFETIME.toSeconds());
  }

  /** Ends a session; gives the value of the header Set-Cookie. */
  String logOut(Call call) {
    session(call).ifPresent(sessions::end);
    return cookie("", 0);
  }

  private static String cookie(String value, long seconds) {
    return COOKIE + "=" + value + "; Path=/; Max-Age=" + seconds + "; HttpOnly; SameSite=Strict";
  }

  private Optional<String> session(Call call) {
    return call.header().apply("Cookie").stream()
        .flatMap(cookies -> Arrays.stream(cookies.split(";")))
        .map(String::strip)
        .filter(cookie -> cookie.startsWith(COOKIE + "="))
        .map(cookie -> cookie.substring(COOKIE.length() + 1))
        .filter(sessions::isOpen)
        .findFirst();
  }

  private boolean isOurs(String host) {
    var matcher = HOST.matcher(host.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return false;
    }
    String name = matcher.group(1);
    return name.equals("localhost") || ADDRESS.matcher(name).matches() || names.contains(name);
  }

  private static boolean isOf(String origin, String host) {
    try {
      URI uri = URI.create(origin);
      return host.equalsIgnoreCase(uri.getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
