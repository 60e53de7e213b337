// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializer of an immutable value whose first byte is the version of its form. Every version ever
 * written is read, so values of several versions can lie side by side in one state, and a new form
 * needs no migration.
 */
abstract class VersionedSerializer<T> extends TypeSerializerSingleton<T> {

  private static final long serialVersionUID = 1L;

  /** The version that is written. */
  abstract int version();

  abstract void write(T value, DataOutputView out) throws IOException;

  /**
   * Reads a value of one version.
   *
   * @throws IOException also when the version is of a later Millrace
   */
  abstract T read(int version, DataInputView in) throws IOException;

  /** What to throw for a version that is not known. */
  final IOException unknown(int version) {
    return new IOException(
        getClass().getSimpleName()
            + ": state of form "
            + version
            + " was written by a later version of Millrace; this one reads up to "
            + version());
  }

  @Override
  public final void serialize(T value, DataOutputView out) throws IOException {
    out.writeByte(version());
    write(value, out);
  }

  @Override
  public final T deserialize(DataInputView in) throws IOException {
    return read(in.readUnsignedByte(), in);
  }

  @Override
  public final T deserialize(T reuse, DataInputView in) throws IOException {
    return deserialize(in);
  }

  @Override
  public final boolean isImmutableType() {
    return true;
  }

  @Override
  public final T copy(T from) {
    return from;
  }

  @Override
  public final T copy(T from, T reuse) {
    return from;
  }

  @Override
  public final void copy(DataInputView in, DataOutputView out) throws IOException {
    serialize(deserialize(in), out);
  }

  @Override
  public final T createInstance() {
    return null;
  }

  @Override
  public final int getLength() {
    return -1;
  }
}
