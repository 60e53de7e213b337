// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A request that a vendor's SDK really sent, with a signature made with a known key. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record CapturedRequest(
    String method, String target, Map<String, String> headers, byte[] body) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Reads a file of this module's test resources: a request a line, the body in hex. */
  public static List<CapturedRequest> load(String file) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                CapturedRequest.class.getResourceAsStream("/requests/" + file),
                StandardCharsets.UTF_8))) {
      return lines.lines().map(CapturedRequest::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CapturedRequest parse(String line) {
    try {
      JsonNode json = MAPPER.readTree(line);
      Map<String, String> headers = new LinkedHashMap<>();
      json.get("headers")
          .properties()
          .forEach(each -> headers.put(each.getKey(), each.getValue().asText()));
      return new CapturedRequest(
          json.get("method").asText(),
          json.get("target").asText(),
          headers,
          HexFormat.of().parseHex(json.get("body").asText()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The headers by their names in lower case. */
  public Map<String, String> lowerCaseHeaders() {
    Map<String, String> lower = new TreeMap<>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    return lower;
  }

  /** A text with one character changed in the middle. */
  public static String altered(String text) {
    int middle = text.length() / 2;
    char other = text.charAt(middle) == 'x' ? 'y' : 'x';
    return text.substring(0, middle) + other + text.substring(middle + 1);
  }

  @Override
  public String toString() {
    return method + " " + target;
  }
}
