// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import io.millrace.emulator.http.Exchange;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;

/**
 * The compression that DIS's older SDK can be told to use for what it sends. Its answers are never
 * compressed.
 */
final class Compression {

  private static final LZ4Factory LZ4 = LZ4Factory.fastestInstance();
  private static final String RAW_SIZE = "x-dis-lz4-content-length";
  private static final int MAX_RAW_SIZE = 64 << 20;

  private Compression() {}

  /** The request's body, decompressed as its headers say. */
  static byte[] body(Exchange exchange) {
    String encoding = exchange.header("Content-Encoding").orElse("");
    return switch (encoding) {
      case "" -> exchange.body();
      case "lz4" -> lz4(exchange.body(), rawSize(exchange));
      default ->
          throw DisException.invalidRequest(
              "The emulator has no Content-Encoding " + encoding + ".");
    };
  }

  private static int rawSize(Exchange exchange) {
    String text = exchange.header(RAW_SIZE).orElse("");
    if (!text.matches("[0-9]{1,8}") || Integer.parseInt(text) > MAX_RAW_SIZE) {
      throw DisException.invalidRequest("Invalid " + RAW_SIZE + " " + text + ".");
    }
    return Integer.parseInt(text);
  }

  private static byte[] lz4(byte[] block, int rawSize) {
    try {
      byte[] raw = new byte[rawSize];
      return Arrays.copyOf(raw, LZ4.safeDecompressor().decompress(block, raw));
    } catch (LZ4Exception e) {
      throw DisException.invalidRequest("The body is not lz4.");
    }
  }
}
