// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import io.millrace.dispatch.operator.ShardRecordSerializer;
import io.millrace.model.ShardRecord;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The Flink type of {@link ShardRecord}, with its versioned serializer. */
@PublicEvolving
public final class ShardRecordTypeInfo extends TypeInformation<ShardRecord> {

  private static final long serialVersionUID = 1L;

  /** The one instance. */
  public static final ShardRecordTypeInfo INSTANCE = new ShardRecordTypeInfo();

  private ShardRecordTypeInfo() {}

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<ShardRecord> getTypeClass() {
    return ShardRecord.class;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<ShardRecord> createSerializer(SerializerConfig config) {
    return ShardRecordSerializer.INSTANCE;
  }

  @Override
  public String toString() {
    return "ShardRecord";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ShardRecordTypeInfo;
  }

  @Override
  public int hashCode() {
    return ShardRecordTypeInfo.class.hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ShardRecordTypeInfo;
  }

  private Object readResolve() {
    return INSTANCE;
  }
}
