// SPDX-License-Identifier: Apache-2.0
package io.millrace.samples.dedup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The records of one shard that have had their effect: a file of lines, {@code sequence TAB
 * effect}. What an entry adds is one write, forced to the disk; of a write that was cut off, the
 * lines that are whole count, and the rest is cut away by the next one.
 *
 * <p>Safe for use by several threads, and by several processes that share the file.
 */
final class ShardBook {

  /** The books of this process: a lock on a file is held by a whole process. */
  private static final ConcurrentMap<Path, ShardBook> OPEN = new ConcurrentHashMap<>();

  private final Path file;
  private final Set<Long> known = new HashSet<>();
  private long read;

  private ShardBook(Path file) {
    this.file = file;
  }

  static ShardBook of(Path directory, String shard) {
    return OPEN.computeIfAbsent(
        directory.toAbsolutePath().normalize().resolve("shard-" + shard), ShardBook::new);
  }

  /** Forgets what this process knows of all books, as a new process does. */
  static void forgetAll() {
    OPEN.clear();
  }

  /**
   * Gives records their effect, unless they have had it.
   *
   * @param effects by sequence
   * @return how many had not
   */
  synchronized int enter(Map<Long, String> effects) throws IOException {
    Files.createDirectories(file.getParent());
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      FileLock lock = channel.lock();
      try {
        catchUp(channel);
        return append(channel, effects);
      } finally {
        lock.release();
      }
    }
  }

  private int append(FileChannel channel, Map<Long, String> effects) throws IOException {
    StringBuilder lines = new StringBuilder();
    Set<Long> entered = new HashSet<>();
    effects.forEach(
        (sequence, effect) -> {
          if (!known.contains(sequence)) {
            lines.append(sequence).append('\t');
            JsonStringEncoder.getInstance().quoteAsString(effect, lines);
            lines.append('\n');
            entered.add(sequence);
          }
        });
    ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(UTF_8));
    long end = read;
    while (bytes.hasRemaining()) {
      end += channel.write(bytes, end);
    }
    channel.force(false);
    read = end;
    known.addAll(entered);
    return entered.size();
  }

  /** Reads what was entered since, by other processes too, and cuts off what is not whole. */
  private void catchUp(FileChannel channel) throws IOException {
    ByteBuffer added = ByteBuffer.allocate(Math.toIntExact(channel.size() - read));
    while (added.hasRemaining() && channel.read(added, read + added.position()) > 0) {
      // Until all is read.
    }
    int begin = 0;
    for (int i = 0; i < added.position(); i++) {
      if (added.get(i) == '\n') {
        String line = new String(added.array(), begin, i - begin, UTF_8);
        known.add(Long.valueOf(line.substring(0, line.indexOf('\t'))));
        begin = i + 1;
      }
    }
    read += begin;
    channel.truncate(read);
  }
}
