// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.millrace.dis.DisCalls.Entry;
import java.nio.ByteBuffer;

/**
 * Writes a record as its object in the event: {@code
 * {"partition_key":"…","data":"d2VsY29tZQ==","sequence_number":"0"}}, in this order and without
 * spaces. All three are strings; {@code data} is DIS's own Base64; a record without a key has an
 * empty one.
 *
 * <p>Behind the object the body of a record has eight bytes that the event does not: when it was
 * fetched, from which the event's cursor is made. So that is stored with the record, and an event
 * is the same whenever it is rendered.
 */
final class RecordEncoder {

  /** Bytes of a body that are behind the object. */
  static final int TRAILER = Long.BYTES;

  private static final byte[] KEY = "{\"partition_key\":\"".getBytes(US_ASCII);
  private static final byte[] DATA = "\",\"data\":\"".getBytes(US_ASCII);
  private static final byte[] SEQUENCE = "\",\"sequence_number\":\"".getBytes(US_ASCII);

  private final EventForm form;

  RecordEncoder(EventForm form) {
    this.form = form;
  }

  /**
   * The body of a record.
   *
   * @param fetchedAt milliseconds since the epoch
   */
  byte[] encode(Entry entry, long fetchedAt) {
    byte[] key = escaped(entry.partitionKey());
    byte[] data = escaped(entry.data());
    byte[] sequence = Long.toString(entry.sequence()).getBytes(US_ASCII);
    byte[] end = end(entry);
    ByteBuffer body =
        ByteBuffer.allocate(
            KEY.length
                + key.length
                + DATA.length
                + data.length
                + SEQUENCE.length
                + sequence.length
                + end.length
                + TRAILER);
    body.put(KEY).put(key).put(DATA).put(data).put(SEQUENCE).put(sequence).put(end);
    return body.putLong(fetchedAt).array();
  }

  private byte[] end(Entry entry) {
    if (!form.recordTimes()) {
      return new byte[] {'"', '}'};
    }
    String times = "\",\"timestamp\":" + entry.time() + ",\"timestamp_type\":\"";
    byte[] type = escaped(entry.timeType());
    return ByteBuffer.allocate(times.length() + type.length + 2)
        .put(times.getBytes(US_ASCII))
        .put(type)
        .put((byte) '"')
        .put((byte) '}')
        .array();
  }

  private static byte[] escaped(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(text)).getBytes(UTF_8);
  }

  /** The length of the object in a body. */
  static int objectLength(byte[] body) {
    return body.length - TRAILER;
  }

  /** When the record was fetched. */
  static long fetchedAt(byte[] body) {
    return ByteBuffer.wrap(body).getLong(objectLength(body));
  }
}
