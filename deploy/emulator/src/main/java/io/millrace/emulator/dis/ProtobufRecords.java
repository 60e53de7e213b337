// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.millrace.emulator.dis.Partition.StoredRecord;
import io.millrace.emulator.dis.RecordOperations.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Records in the protobuf messages that the older SDK can be told to use. Numbers of fields: its
 * messages PutRecordsRequest, PutRecordsResult and GetRecordsResult. Written by hand, because their
 * generated classes need another protobuf than DataHub's.
 */
final class ProtobufRecords {

  private ProtobufRecords() {}

  /** What is to be put. */
  record Request(String stream, List<NewRecord> records) {}

  /**
   * Reads a request.
   *
   * @throws IOException if the bytes are no such message
   */
  static Request request(byte[] message) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    String stream = "";
    List<NewRecord> records = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> stream = in.readString();
        case 2 -> records.add(record(in.readBytes().newCodedInput()));
        default -> in.skipField(tag);
      }
    }
    return new Request(stream, records);
  }

  private static NewRecord record(CodedInputStream in) throws IOException {
    byte[] data = new byte[0];
    OptionalLong hashKey = OptionalLong.empty();
    Optional<String> partitionKey = Optional.empty();
    Optional<String> partition = Optional.empty();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 3 -> data = in.readBytes().toByteArray();
        case 4 -> hashKey = OptionalLong.of(RecordOperations.hashKey(in.readString()));
        case 5 -> partitionKey = Optional.of(in.readString());
        case 6 -> partition = Optional.of(in.readString());
        default -> in.skipField(tag);
      }
    }
    return new NewRecord(partition, hashKey, partitionKey, data);
  }

  /** What became of the records that were put. */
  static byte[] answer(List<Result> results) {
    return message(
        out -> {
          out.writeInt32(
              21, (int) results.stream().filter(result -> result.put().isEmpty()).count());
          for (Result result : results) {
            out.writeByteArray(22, result(result));
          }
        });
  }

  private static byte[] result(Result result) {
    return message(
        out -> {
          if (result.put().isPresent()) {
            out.writeString(23, result.put().get().partition());
            out.writeString(24, Long.toString(result.put().get().sequence()));
          } else {
            out.writeString(25, result.errorCode());
            out.writeString(26, result.errorMessage());
          }
        });
  }

  /** Records that were read. */
  static byte[] answer(List<StoredRecord> records, Optional<String> next) {
    return message(
        out -> {
          // The message cannot be without it.
          out.writeString(14, next.orElse(""));
          for (StoredRecord record : records) {
            out.writeByteArray(16, record(record));
          }
        });
  }

  private static byte[] record(StoredRecord record) {
    return message(
        out -> {
          if (record.partitionKey().isPresent()) {
            out.writeString(17, record.partitionKey().get());
          }
          out.writeString(18, Long.toString(record.sequence()));
          out.writeBytes(19, ByteString.copyFrom(record.data()));
          out.writeInt64(27, record.time());
          out.writeString(28, "CreateTime");
        });
  }

  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
