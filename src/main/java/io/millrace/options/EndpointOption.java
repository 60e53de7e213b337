// SPDX-License-Identifier: Apache-2.0
package io.millrace.options;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Reads the address of a service; plain HTTP has to be asked for, except on this machine. */
public final class EndpointOption {

  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(?:\\.\\d{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

  private EndpointOption() {}

  /**
   * The endpoint, without a slash at its end.
   *
   * @param allowHttp the option that permits plain HTTP to other machines
   * @param example an endpoint, for the message
   * @throws OptionException when it is missing or not accepted
   */
  public static URI read(
      ReadableConfig options,
      ConfigOption<String> endpoint,
      ConfigOption<Boolean> allowHttp,
      String example) {
    String accepted = "https://host[:port][/path], for example " + example;
    Optional<String> text = options.getOptional(endpoint).filter(value -> !value.isBlank());
    if (text.isEmpty()) {
      throw OptionException.missing(endpoint, accepted);
    }
    URI uri = parse(text.get().strip());
    if (uri == null) {
      throw OptionException.refused(endpoint, text.get(), accepted);
    }
    boolean plain = uri.getScheme().equals("http");
    if (plain && !isLoopback(uri) && !options.get(allowHttp)) {
      throw OptionException.refused(
          endpoint,
          text.get(),
          "https://…, or http:// to this machine (localhost, 127.0.0.1, [::1]); "
              + allowHttp.key()
              + ": true permits plain http, which anyone on the way can read");
    }
    return uri;
  }

  /** True when the host is this machine by its very name; no name is resolved. */
  public static boolean isLoopback(URI endpoint) {
    return LOOPBACK.matcher(endpoint.getHost()).matches();
  }

  private static URI parse(String text) {
    try {
      URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      boolean complete = uri.getScheme() != null && uri.getHost() != null;
      boolean bare =
          uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null
              && uri.getPort() <= 65535;
      if (!complete || !bare) {
        return null;
      }
      String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
      return scheme.equals("https") || scheme.equals("http")
          ? new URI(scheme + uri.toString().substring(scheme.length()))
          : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
