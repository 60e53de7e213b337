// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.model.StartPosition;

/** The port of a task whose reader is never held or moved. */
interface ReaderlessPort extends DispatchPort {

  @Override
  default void holdReader(String shard) {
    throw new AssertionError(shard);
  }

  @Override
  default void releaseReader(String shard) {
    throw new AssertionError(shard);
  }

  @Override
  default void moveReader(String shard, StartPosition next) {
    throw new AssertionError(shard);
  }
}
