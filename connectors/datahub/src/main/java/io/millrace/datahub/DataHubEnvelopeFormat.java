// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.model.ShardRecord;
import java.util.List;

/**
 * The event that DataHub sends to a function, as its manual "Synchronize data to Function Compute"
 * describes it, in the manual's order of keys and without spaces.
 */
final class DataHubEnvelopeFormat implements EnvelopeFormat {

  private static final long serialVersionUID = 1L;

  private static final byte[] END = {']', '}'};

  private final byte[] begin;

  /**
   * @param topicPath {@code /projects/<project>/topics/<topic>}
   */
  DataHubEnvelopeFormat(String topicPath, String region) {
    String text =
        "{\"eventSource\":\"acs:datahub\",\"eventName\":\"acs:datahub:putRecord\","
            + "\"eventSourceARN\":\""
            + topicPath
            + "\",\"region\":\""
            + region
            + "\",\"records\":[";
    this.begin = text.getBytes(US_ASCII);
  }

  @Override
  public int frameSize(String shard) {
    return begin.length + END.length;
  }

  @Override
  public byte[] render(String shard, List<ShardRecord> records) {
    int size = begin.length + END.length + records.size() - 1;
    for (ShardRecord record : records) {
      size += record.body().length;
    }
    byte[] event = new byte[size];
    int length = append(event, 0, begin);
    for (int i = 0; i < records.size(); i++) {
      if (i > 0) {
        event[length++] = ',';
      }
      length = append(event, length, records.get(i).body());
    }
    append(event, length, END);
    return event;
  }

  private static int append(byte[] event, int at, byte[] bytes) {
    System.arraycopy(bytes, 0, event, at, bytes.length);
    return at + bytes.length;
  }
}
