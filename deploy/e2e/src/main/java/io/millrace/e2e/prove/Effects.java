// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.oracle.EventReader;
import io.millrace.e2e.oracle.Invocation;
import io.millrace.e2e.oracle.RecordId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a function did that keeps a book: a file for each shard, {@code shard-ID}, of which each
 * line begins with a record's sequence and a tabulator.
 *
 * @param doubled entries of records that had been entered already
 * @param missing records that are not entered, though an invocation with them succeeded
 */
record Effects(long doubled, long missing) {

  private static final String PREFIX = "shard-";

  /** Compares the book in a directory with what was acknowledged. */
  static Effects read(Path directory, List<Invocation> invocations, EventReader events)
      throws IOException {
    Set<RecordId> entered = new HashSet<>();
    long doubled = 0;
    List<Path> files;
    try (Stream<Path> all = Files.exists(directory) ? Files.list(directory) : Stream.empty()) {
      files = all.toList();
    }
    for (Path file : files) {
      String shard = file.getFileName().toString().substring(PREFIX.length());
      for (String line : Files.readAllLines(file)) {
        long sequence = Long.parseLong(line.substring(0, line.indexOf('\t')));
        doubled += entered.add(new RecordId(shard, sequence)) ? 0 : 1;
      }
    }
    Set<RecordId> missing = new HashSet<>();
    for (Invocation invocation : invocations) {
      if (invocation.fate() == Invocation.Fate.ACKNOWLEDGED) {
        missing.addAll(events.records(invocation.body()));
      }
    }
    missing.removeAll(entered);
    return new Effects(doubled, missing.size());
  }

  /** True when every record had its effect once. */
  boolean exact() {
    return doubled == 0 && missing == 0;
  }
}
