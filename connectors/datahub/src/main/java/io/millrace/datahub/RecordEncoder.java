// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.FieldData;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import com.google.protobuf.ByteString;
import io.millrace.datahub.DataHubOptions.BlobEncoding;
import io.millrace.datahub.DataHubOptions.NullForm;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Writes a record as its object in the event: {@code
 * {"eventId":"0:12345","systemTime":1463000123000,"data":"…"}}, in this order and without spaces.
 *
 * <p>{@code data} is a string. For TUPLE it holds a JSON array with the text of each column as
 * DataHub stores it, or what stands for null; so the text is escaped twice. Without a selection of
 * columns a row is written as it was stored: columns added to the topic later do not lengthen it.
 * For BLOB it holds the bytes in the chosen encoding.
 *
 * <p>DataHub takes only UTF-8 as the text of a column; were there anything else, it would become
 * U+FFFD, as in the SDK. Control characters, U+2028 and U+2029 are escaped, everything else is
 * written as it is.
 *
 * <p>Not safe for several threads: works in a buffer of its own, so that a record costs one
 * allocation.
 */
final class RecordEncoder {

  private static final int LARGEST_BUFFER_KEPT = 1 << 20;

  private static final byte[] SYSTEM_TIME = "\",\"systemTime\":".getBytes(US_ASCII);
  private static final byte[] DATA = ",\"data\":\"".getBytes(US_ASCII);
  private static final byte[] END = "\"}".getBytes(US_ASCII);
  private static final byte[] ESCAPED_QUOTE = "\\\"".getBytes(US_ASCII);

  /** For each byte what stands for it inside of a JSON string; null where it stands for itself. */
  private static final byte[][] ONCE = new byte[128][];

  /** The same inside of a JSON string inside of a JSON string. */
  private static final byte[][] TWICE = new byte[128][];

  /** U+2028 and U+2029 differ in their last byte, E2 80 A8 and E2 80 A9. */
  private static final byte[][] SEPARATOR_ONCE = {
    "\\u2028".getBytes(US_ASCII), "\\u2029".getBytes(US_ASCII)
  };

  private static final byte[][] SEPARATOR_TWICE = {
    "\\\\u2028".getBytes(US_ASCII), "\\\\u2029".getBytes(US_ASCII)
  };

  static {
    for (int c = 0; c < 128; c++) {
      String escape =
          switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> c < 0x20 ? String.format("\\u%04x", c) : null;
          };
      if (escape != null) {
        ONCE[c] = escape.getBytes(US_ASCII);
        TWICE[c] = escape.replace("\\", "\\\\").replace("\"", "\\\"").getBytes(US_ASCII);
      }
    }
  }

  private final byte[] begin;
  private final EventForm form;
  private final byte[] nothing;
  private byte[] buffer = new byte[1024];
  private int length;

  RecordEncoder(String shard, EventForm form) {
    this.begin = ("{\"eventId\":\"" + shard + ":").getBytes(US_ASCII);
    this.form = form;
    this.nothing = nothing(form.nullForm()).getBytes(US_ASCII);
  }

  private static String nothing(NullForm form) {
    return switch (form) {
      case json -> "null";
      case empty -> "\\\"\\\"";
      case text -> "\\\"null\\\"";
    };
  }

  /** False when the bytes of a BLOB record have no place in text. */
  boolean canHold(RecordEntry entry) {
    return form.blobEncoding() == BlobEncoding.BASE64 || bytes(entry).isValidUtf8();
  }

  /** A record of a BLOB topic. */
  byte[] blob(RecordEntry entry) {
    begin(entry);
    switch (form.blobEncoding()) {
      case BASE64 -> put(Base64.getEncoder().encode(bytes(entry).toByteArray()));
      case UTF8 -> putText(bytes(entry), ONCE, SEPARATOR_ONCE);
    }
    return end();
  }

  private static ByteString bytes(RecordEntry entry) {
    List<FieldData> parts = entry.getData().getDataList();
    return parts.isEmpty() ? ByteString.EMPTY : parts.get(0).getValue();
  }

  /** A record of a TUPLE topic. */
  byte[] row(RecordEntry entry, RowLayout layout) {
    begin(entry);
    putColumns(entry.getData().getDataList(), layout);
    return end();
  }

  private void begin(RecordEntry entry) {
    length = 0;
    put(begin);
    putNumber(entry.getSequence());
    put(SYSTEM_TIME);
    putNumber(entry.getSystemTime());
    put(DATA);
  }

  private byte[] end() {
    put(END);
    byte[] body = Arrays.copyOf(buffer, length);
    if (buffer.length > LARGEST_BUFFER_KEPT) {
      buffer = new byte[1024];
    }
    return body;
  }

  private void putColumns(List<FieldData> columns, RowLayout layout) {
    put((byte) '[');
    int sent = layout.sent(columns.size());
    for (int i = 0; i < sent; i++) {
      if (i > 0) {
        put((byte) ',');
      }
      int place = layout.place(i);
      if (place >= columns.size() || !columns.get(place).hasValue()) {
        put(nothing);
        continue;
      }
      ByteString text = columns.get(place).getValue();
      put(ESCAPED_QUOTE);
      putText(layout.isTime(place) ? inUnit(text) : text, TWICE, SEPARATOR_TWICE);
      put(ESCAPED_QUOTE);
    }
    put((byte) ']');
  }

  /** Text that is no number is no time, and stays as it is. */
  private ByteString inUnit(ByteString micros) {
    try {
      long value = Long.parseLong(micros.toStringUtf8());
      return ByteString.copyFromUtf8(
          Long.toString(Math.floorDiv(value, form.timestampUnit().micros())));
    } catch (NumberFormatException e) {
      return micros;
    }
  }

  private void putText(ByteString value, byte[][] escapes, byte[][] separators) {
    ByteString text = value.isValidUtf8() ? value : ByteString.copyFromUtf8(value.toStringUtf8());
    int size = text.size();
    // Copied in whole, then opened up from the first byte that needs an escape.
    reserve(size);
    text.copyTo(buffer, length);
    int from = length;
    int to = length + size;
    int plain = from;
    while (plain < to && !special(buffer, plain, escapes)) {
      plain++;
    }
    length = plain;
    if (plain == to) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(buffer, plain, to);
    for (int i = 0; i < rest.length; i++) {
      byte b = rest[i];
      if (b >= 0 && escapes[b] != null) {
        put(escapes[b]);
      } else if (special(rest, i, escapes)) {
        put(separators[rest[i + 2] & 1]);
        i += 2;
      } else {
        put(b);
      }
    }
  }

  /** True at an ASCII character to be escaped and at the first byte of U+2028 or U+2029. */
  private static boolean special(byte[] bytes, int i, byte[][] escapes) {
    byte b = bytes[i];
    if (b >= 0) {
      return escapes[b] != null;
    }
    // Valid UTF-8: after E2 two more bytes follow.
    return b == (byte) 0xE2 && bytes[i + 1] == (byte) 0x80 && (bytes[i + 2] & 0xFE) == 0xA8;
  }

  private void putNumber(long number) {
    put(Long.toString(number).getBytes(US_ASCII));
  }

  private void put(byte b) {
    reserve(1);
    buffer[length++] = b;
  }

  private void put(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  private void reserve(int more) {
    if (length + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(length + more, 2 * buffer.length));
    }
  }
}
