// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The frame around a protobuf message: {@code DHUB}, CRC-32C (0 = unchecked), length, message. */
final class Frame {

  static final int HEADER = 12;
  private static final int MAGIC = 0x44485542;

  private Frame() {}

  /** The message in a frame. */
  static ByteBuffer open(byte[] frame) {
    if (frame.length < HEADER) {
      throw DataHubException.invalidParameter(
          "The protobuf frame has " + frame.length + " bytes, less than its header.");
    }
    ByteBuffer buffer = ByteBuffer.wrap(frame);
    if (buffer.getInt() != MAGIC) {
      throw DataHubException.invalidParameter("The protobuf frame does not start with DHUB.");
    }
    int crc = buffer.getInt();
    int length = buffer.getInt();
    if (length != buffer.remaining()) {
      throw DataHubException.invalidParameter(
          "The protobuf frame says " + length + " bytes and has " + buffer.remaining() + ".");
    }
    if (crc != 0 && crc != crc(buffer.duplicate())) {
      throw DataHubException.invalidParameter("The protobuf frame's checksum does not match.");
    }
    return buffer.slice();
  }

  /** Fills in the header of a frame whose message starts at {@link #HEADER}. */
  static byte[] seal(byte[] frame) {
    int length = frame.length - HEADER;
    ByteBuffer.wrap(frame)
        .putInt(MAGIC)
        .putInt(crc(ByteBuffer.wrap(frame, HEADER, length)))
        .putInt(length);
    return frame;
  }

  private static int crc(ByteBuffer message) {
    CRC32C crc = new CRC32C();
    crc.update(message);
    return (int) crc.getValue();
  }
}
