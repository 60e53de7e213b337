// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.datahub.DataHubOptions.Compression;
import io.millrace.http.HttpAnswer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;

/**
 * The two ways in which DataHub compresses bodies: a bare LZ4 block, whose original size is in a
 * header, and a zlib stream.
 */
final class ContentCoding {

  /** Signed, as every header of DataHub's own. */
  static final String RAW_SIZE = "x-datahub-content-raw-size";

  static final String ENCODING = "Content-Encoding";

  /** More than any answer is; a size that is not to be believed must not be allocated. */
  private static final int LARGEST = 64 << 20;

  /** In Java: a native library would be loaded once in each job's class loader. */
  private static final LZ4Factory LZ4 = LZ4Factory.fastestJavaInstance();

  private ContentCoding() {}

  static byte[] compressed(byte[] body, Compression compression) {
    return switch (compression) {
      case none -> body;
      case lz4 -> LZ4.fastCompressor().compress(body);
      case deflate -> deflated(body);
    };
  }

  private static byte[] deflated(byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * The body of an answer, decompressed as its headers say.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static byte[] body(HttpAnswer answer) {
    String encoding = answer.header(ENCODING).orElse("");
    try {
      return switch (encoding) {
        case "" -> answer.body();
        case "lz4" -> LZ4.safeDecompressor().decompress(answer.body(), rawSize(answer));
        case "deflate" -> inflated(answer.body());
        default -> throw new IllegalArgumentException("it is encoded as " + encoding);
      };
    } catch (LZ4Exception | IOException e) {
      throw new IllegalArgumentException("it is not " + encoding + ": " + e.getMessage(), e);
    }
  }

  private static byte[] inflated(byte[] body) throws IOException {
    try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(body))) {
      byte[] raw = in.readNBytes(LARGEST + 1);
      if (raw.length > LARGEST) {
        throw new IOException("it is larger than " + LARGEST + " bytes");
      }
      return raw;
    }
  }

  private static int rawSize(HttpAnswer answer) {
    String text = answer.header(RAW_SIZE).orElse("");
    if (!text.matches("[0-9]{1,8}") || Integer.parseInt(text) > LARGEST) {
      throw new IllegalArgumentException("its header " + RAW_SIZE + " is '" + text + "'");
    }
    return Integer.parseInt(text);
  }
}
