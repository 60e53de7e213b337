// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The commands that operators gave, and how far each is: requested, applied by its subtask, durable
 * in a completed checkpoint. What is not durable is in the coordinator's checkpoint; what was
 * applied by an attempt that then failed is requested anew.
 *
 * <p>Not thread-safe: it belongs to the coordinator's thread.
 */
final class CommandBook {

  /** How far a command is. */
  enum Stage {
    REQUESTED,
    APPLIED,
    DURABLE
  }

  private static final int FORM = 1;
  private static final int REMEMBERED = 1000;

  private static final class Entry {
    final Command command;
    Stage stage = Stage.REQUESTED;
    long checkpoint = Long.MAX_VALUE;

    Entry(Command command) {
      this.command = command;
    }
  }

  private final Map<Command, Entry> entries = new LinkedHashMap<>();

  void request(Command command) {
    entries.putIfAbsent(command, new Entry(command));
  }

  /** The commands of one request, with their stages; empty when the id is unknown. */
  Map<Command, Stage> of(String id) {
    Map<Command, Stage> found = new LinkedHashMap<>();
    for (Entry entry : entries.values()) {
      if (entry.command.id().equals(id)) {
        found.put(entry.command, entry.stage);
      }
    }
    return found;
  }

  /** What still has to be applied for shards of one owner. */
  List<Command> requested(Predicate<String> owned) {
    List<Command> commands = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (entry.stage == Stage.REQUESTED && owned.test(entry.command.shard())) {
        commands.add(entry.command);
      }
    }
    return commands;
  }

  void applied(Command command) {
    Entry entry = entries.get(command);
    if (entry != null && entry.stage == Stage.REQUESTED) {
      entry.stage = Stage.APPLIED;
    }
  }

  /** An attempt failed: what it applied and no completed checkpoint holds is requested again. */
  void ownerReset(Predicate<String> owned) {
    for (Entry entry : entries.values()) {
      if (entry.stage == Stage.APPLIED && owned.test(entry.command.shard())) {
        entry.stage = Stage.REQUESTED;
        entry.checkpoint = Long.MAX_VALUE;
      }
    }
  }

  /**
   * A checkpoint begins. Tasks take theirs later, so what was applied before is in it.
   *
   * @return the commands that still have to be applied
   */
  byte[] checkpoint(long id) throws IOException {
    List<Command> open = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (entry.stage == Stage.APPLIED && entry.checkpoint == Long.MAX_VALUE) {
        entry.checkpoint = id;
      } else if (entry.stage == Stage.REQUESTED) {
        open.add(entry.command);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(FORM);
    out.writeInt(open.size());
    for (Command command : open) {
      out.writeUTF(command.id());
      out.writeUTF(command.verb().name());
      out.writeUTF(command.shard());
    }
    return bytes.toByteArray();
  }

  /** A checkpoint is complete. */
  void complete(long id) {
    int forget = entries.size() - REMEMBERED;
    for (var each = entries.values().iterator(); each.hasNext(); ) {
      Entry entry = each.next();
      if (entry.stage == Stage.APPLIED && entry.checkpoint <= id) {
        entry.stage = Stage.DURABLE;
      }
      if (entry.stage == Stage.DURABLE && forget > 0) {
        each.remove();
        forget--;
      }
    }
  }

  /** Takes over the commands of a checkpoint, and forgets all others. */
  void restore(byte[] checkpoint) throws IOException {
    entries.clear();
    if (checkpoint == null || checkpoint.length == 0) {
      return;
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(checkpoint));
    int form = in.readInt();
    if (form != FORM) {
      throw new IOException(
          "commands of form " + form + " were written by a later version of Millrace");
    }
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      request(new Command(in.readUTF(), Verb.valueOf(in.readUTF()), in.readUTF()));
    }
  }
}
