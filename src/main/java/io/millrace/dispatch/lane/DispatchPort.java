// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.model.StartPosition;

/** What the dispatcher needs of its task. */
public interface DispatchPort {

  /** Milliseconds since the epoch. */
  long now();

  /** The clock of the lease, {@link System#nanoTime}. */
  long nanoTime();

  /** Runs an action on the task thread later; drops it when the task has ended. Any thread. */
  void execute(Runnable action);

  /** Asks for {@link Dispatcher#launchReady} at a time. */
  void wakeAt(long time);

  /** The lane has changed and must be in the next checkpoint. */
  void changed(Lane lane);

  /** The lane passed the end of its shard and is no longer needed. */
  void drained(Lane lane);

  /** Whether the function can be reached has changed: the coordinator should hear of it. */
  void blockadeChanged();

  /** The job is to fail, and not to be restarted: going on would change nothing. */
  void failJob(String message);

  /** Nothing more is to be fetched of a shard; what is fetched already may come. */
  void holdReader(String shard);

  /** The shard may be fetched again. */
  void releaseReader(String shard);

  /** The shard is read from there on; nothing that was fetched before comes any more. */
  void moveReader(String shard, StartPosition next);
}
