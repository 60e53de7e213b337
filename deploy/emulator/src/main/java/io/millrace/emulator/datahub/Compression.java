// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;

/**
 * The compression that DataHub's SDK can be told to use: a bare LZ4 block whose original size is in
 * a header, or a zlib stream.
 */
final class Compression {

  private static final LZ4Factory LZ4 = LZ4Factory.fastestInstance();
  private static final String RAW_SIZE = "x-datahub-content-raw-size";
  private static final String ENCODING = "Content-Encoding";
  private static final int MAX_RAW_SIZE = 64 << 20;

  private Compression() {}

  /** The request's body, decompressed as its headers say. */
  static byte[] body(Exchange exchange) {
    String encoding = exchange.header(ENCODING).orElse("");
    try {
      return switch (encoding) {
        case "" -> exchange.body();
        case "lz4" -> lz4(exchange.body(), rawSize(exchange));
        case "deflate" ->
            new InflaterInputStream(new ByteArrayInputStream(exchange.body())).readAllBytes();
        default -> throw DataHubException.invalidParameter("Invalid encoding: " + encoding);
      };
    } catch (LZ4Exception | IOException e) {
      throw DataHubException.invalidParameter("The body is not " + encoding + ".");
    }
  }

  /** Compresses an answer in the way that the request accepts. */
  static Answer compressed(Answer answer, String accepted) {
    if (answer.body().length == 0) {
      return answer;
    }
    return switch (accepted) {
      case "lz4" ->
          answer
              .withBody(LZ4.fastCompressor().compress(answer.body()))
              .with(ENCODING, "lz4")
              .with(RAW_SIZE, Integer.toString(answer.body().length));
      case "deflate" -> answer.withBody(deflate(answer.body())).with(ENCODING, "deflate");
      default -> answer;
    };
  }

  private static int rawSize(Exchange exchange) {
    String text = exchange.header(RAW_SIZE).orElse("");
    if (!text.matches("[0-9]{1,8}") || Integer.parseInt(text) > MAX_RAW_SIZE) {
      throw DataHubException.invalidParameter("Invalid " + RAW_SIZE + ": " + text);
    }
    return Integer.parseInt(text);
  }

  private static byte[] lz4(byte[] block, int rawSize) {
    byte[] raw = new byte[rawSize];
    int size = LZ4.safeDecompressor().decompress(block, raw);
    return Arrays.copyOf(raw, size);
  }

  private static byte[] deflate(byte[] raw) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(raw);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
