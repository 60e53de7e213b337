// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import com.google.protobuf.CodedInputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The frame around a protobuf message: {@code DHUB}, CRC-32C of the message, its length, the
 * message; numbers are big-endian, and a CRC of 0 means that there is none.
 */
final class DataHubFrame {

  private static final int MAGIC = 'D' << 24 | 'H' << 16 | 'U' << 8 | 'B';
  private static final int HEADER = 12;

  private DataHubFrame() {}

  static byte[] wrap(byte[] message) {
    return ByteBuffer.allocate(HEADER + message.length)
        .putInt(MAGIC)
        .putInt(crc(message, 0, message.length))
        .putInt(message.length)
        .put(message)
        .array();
  }

  /**
   * The message in a frame, not copied.
   *
   * @throws IllegalArgumentException saying what is wrong with the frame
   */
  static CodedInputStream unwrap(byte[] frame) {
    if (frame.length < HEADER) {
      throw new IllegalArgumentException("the frame ends after " + frame.length + " bytes");
    }
    ByteBuffer header = ByteBuffer.wrap(frame);
    if (header.getInt() != MAGIC) {
      throw new IllegalArgumentException("no DHUB frame");
    }
    int crc = header.getInt();
    int length = header.getInt();
    if (length < 0 || length > frame.length - HEADER) {
      throw new IllegalArgumentException(
          "the frame announces " + length + " bytes and holds " + (frame.length - HEADER));
    }
    int computed = crc(frame, HEADER, length);
    if (crc != 0 && crc != computed) {
      throw new IllegalArgumentException(
          String.format("the CRC of the frame is %08x, of its content %08x", crc, computed));
    }
    return CodedInputStream.newInstance(frame, HEADER, length);
  }

  private static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}
