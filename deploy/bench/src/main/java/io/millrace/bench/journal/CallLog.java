// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The calls of one round, in memory until it is over. Safe for use by several threads. */
public final class CallLog {

  private final List<Entry> entries = new ArrayList<>();
  private long acknowledgedRecords;
  private long acknowledgedCalls;

  /** A call that has begun. */
  public static final class Entry {

    private final long start;
    private final List<Run> runs;
    private long end;
    private boolean ok;

    private Entry(long start, List<Run> runs) {
      this.start = start;
      this.runs = runs;
    }
  }

  /**
   * What was acknowledged so far, repeats included.
   *
   * @param calls that were
   * @param records in them
   */
  public record Count(long calls, long records) {}

  /** Enters a call. */
  public Entry begin(long start, byte[] event) {
    Entry entry = new Entry(start, EventScan.runs(event));
    synchronized (this) {
      entries.add(entry);
    }
    return entry;
  }

  /** Enters its end, before its answer is sent. */
  public synchronized void end(Entry entry, long end, boolean ok) {
    entry.end = end;
    entry.ok = ok;
    if (ok) {
      acknowledgedCalls++;
      for (Run run : entry.runs) {
        acknowledgedRecords += run.count();
      }
    }
  }

  public synchronized Count count() {
    return new Count(acknowledgedCalls, acknowledgedRecords);
  }

  /** Writes all calls to a file. */
  public synchronized void write(Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(entries.size());
      for (Entry entry : entries) {
        out.writeLong(entry.start);
        out.writeLong(entry.end);
        out.writeBoolean(entry.ok);
        out.writeInt(entry.runs.size());
        for (Run run : entry.runs) {
          out.writeInt(run.shard());
          out.writeLong(run.first());
          out.writeInt(run.count());
        }
      }
    }
  }

  /** Reads what was written, in the order in which the calls began to be handled. */
  public static List<Call> read(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      int size = in.readInt();
      List<Call> calls = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        long start = in.readLong();
        long end = in.readLong();
        boolean ok = in.readBoolean();
        List<Run> runs = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
          runs.add(new Run(in.readInt(), in.readLong(), in.readInt()));
        }
        calls.add(new Call(start, end, ok, runs));
      }
      return calls;
    }
  }
}
