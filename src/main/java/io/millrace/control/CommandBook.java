// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import io.millrace.source.ShardSplitSerializer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;

/**
 * The commands that operators gave, and how far each is: requested, applied by its subtask, durable
 * in a completed checkpoint. All three are in the coordinator's checkpoint, so that a command that
 * is given again after a failure of the JobManager is not applied again; what was applied by an
 * attempt that then failed is requested anew.
 *
 * <p>Not thread-safe: it belongs to the coordinator's thread.
 */
final class CommandBook {

  /** How far a command is. */
  enum Stage {
    REQUESTED,
    APPLIED,
    DURABLE,
    /** It came too late: there was nothing any more that it could be done to. */
    MISSED;

    boolean isOver() {
      return this == DURABLE || this == MISSED;
    }
  }

  private static final int FORM = 3;
  private static final int REMEMBERED = 1000;

  private static final class Entry {
    final Command command;
    Stage stage = Stage.REQUESTED;
    long checkpoint = Long.MAX_VALUE;
    String reason;

    Entry(Command command) {
      this.command = command;
    }
  }

  private final Map<Command, Entry> entries = new LinkedHashMap<>();

  void request(Command command) {
    entries.putIfAbsent(command, new Entry(command));
  }

  /** What this book does not have, and a task has done: it is durable with the next checkpoint. */
  void done(Command command) {
    entries.computeIfAbsent(command, Entry::new).stage = Stage.APPLIED;
  }

  /** What operators gave up, as far back as this book goes, the oldest first. */
  List<Command> skips() {
    return entries.values().stream()
        .filter(entry -> entry.stage == Stage.APPLIED || entry.stage == Stage.DURABLE)
        .map(entry -> entry.command)
        .filter(command -> command.skip() != null)
        .toList();
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

  void missed(Miss miss) {
    Entry entry = entries.get(miss.command());
    if (entry != null && entry.stage == Stage.REQUESTED) {
      entry.stage = Stage.MISSED;
      entry.reason = miss.reason();
    }
  }

  /** Why a command was missed; empty where it was not. */
  Optional<String> reason(Command command) {
    return Optional.ofNullable(entries.get(command)).map(entry -> entry.reason);
  }

  /** All shards with records to deliver are known: what is for others comes too late. */
  void missUnknown(Predicate<String> known) {
    for (Entry entry : entries.values()) {
      boolean needsLane = entry.command.verb() == Verb.RETRY || entry.command.verb() == Verb.SKIP;
      if (needsLane && !known.test(entry.command.shard())) {
        missed(new Miss(entry.command, "the shard has ended"));
      }
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

  /** A checkpoint begins. Tasks take theirs later, so what was applied before is in it. */
  byte[] checkpoint(long id) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputViewStreamWrapper out = new DataOutputViewStreamWrapper(bytes);
    out.writeInt(FORM);
    out.writeInt(entries.size());
    for (Entry entry : entries.values()) {
      if (entry.stage == Stage.APPLIED && entry.checkpoint == Long.MAX_VALUE) {
        entry.checkpoint = id;
      }
      write(entry, out);
    }
    return bytes.toByteArray();
  }

  private static void write(Entry entry, DataOutputViewStreamWrapper out) throws IOException {
    Command command = entry.command;
    out.writeUTF(command.id());
    out.writeUTF(command.verb().name());
    out.writeUTF(command.shard());
    out.writeBoolean(entry.stage == Stage.REQUESTED);
    out.writeBoolean(command.place() != null);
    if (command.place() != null) {
      ShardSplitSerializer.writeStart(command.place(), out);
    }
    out.writeBoolean(entry.reason != null);
    if (entry.reason != null) {
      out.writeUTF(entry.reason);
    }
    out.writeBoolean(command.skip() != null);
    if (command.skip() != null) {
      write(command.skip(), out);
    }
  }

  private static void write(SkipTarget skip, DataOutputViewStreamWrapper out) throws IOException {
    write(skip.first(), out);
    write(skip.last(), out);
    out.writeBoolean(skip.sequence() != null);
    if (skip.sequence() != null) {
      out.writeLong(skip.sequence());
      out.writeInt(skip.index() == null ? -1 : skip.index());
    }
    out.writeUTF(skip.reason());
  }

  private static void write(Position position, DataOutputViewStreamWrapper out) throws IOException {
    out.writeLong(position.sequence());
    out.writeInt(position.index());
    out.writeLong(position.time());
  }

  /** A checkpoint is complete. */
  void complete(long id) {
    int forget = entries.size() - REMEMBERED;
    for (var each = entries.values().iterator(); each.hasNext(); ) {
      Entry entry = each.next();
      if (entry.stage.isOver() && forget > 0) {
        each.remove();
        forget--;
      }
      // Not forgotten before the client has had the time to ask once more.
      if (entry.stage == Stage.APPLIED && entry.checkpoint <= id) {
        entry.stage = Stage.DURABLE;
      }
    }
  }

  /** Takes over the commands of a checkpoint, and forgets all others. */
  void restore(byte[] checkpoint) throws IOException {
    entries.clear();
    if (checkpoint == null || checkpoint.length == 0) {
      return;
    }
    DataInputViewStreamWrapper in =
        new DataInputViewStreamWrapper(new ByteArrayInputStream(checkpoint));
    int form = in.readInt();
    if (form < 1 || form > FORM) {
      throw new IOException(
          "commands of form " + form + " were written by a later version of Millrace");
    }
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      read(form, in);
    }
  }

  /**
   * In form 1 there are only commands to be applied, without a place; in form 2 none that was
   * missed and told why, and nothing is skipped.
   */
  private void read(int form, DataInputViewStreamWrapper in) throws IOException {
    String id = in.readUTF();
    Verb verb = Verb.valueOf(in.readUTF());
    String shard = in.readUTF();
    boolean requested = form == 1 || in.readBoolean();
    boolean placed = form > 1 && in.readBoolean();
    StartPosition place = placed ? ShardSplitSerializer.readStart(in) : null;
    String reason = form > 2 && in.readBoolean() ? in.readUTF() : null;
    SkipTarget skip = form > 2 && in.readBoolean() ? readSkip(in) : null;
    Entry entry = new Entry(new Command(id, verb, shard, place, skip));
    entry.reason = reason;
    entry.stage = requested ? Stage.REQUESTED : reason == null ? Stage.DURABLE : Stage.MISSED;
    entries.putIfAbsent(entry.command, entry);
  }

  private static SkipTarget readSkip(DataInputViewStreamWrapper in) throws IOException {
    Position first = readPosition(in);
    Position last = readPosition(in);
    Long sequence = null;
    Integer index = null;
    if (in.readBoolean()) {
      sequence = in.readLong();
      int given = in.readInt();
      index = given < 0 ? null : given;
    }
    return new SkipTarget(first, last, sequence, index, in.readUTF());
  }

  private static Position readPosition(DataInputViewStreamWrapper in) throws IOException {
    return new Position(in.readLong(), in.readInt(), in.readLong());
  }
}
