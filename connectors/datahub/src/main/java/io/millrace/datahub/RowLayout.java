// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.datahub.DataHubOptions.TimestampUnit;
import io.millrace.datahub.Topic.Column;
import java.util.List;

/**
 * Which places of a row are sent, and which of them are times to be converted.
 *
 * <p>Without a selection a row is sent as it was stored, however long it is.
 */
final class RowLayout {

  /** Places of the columns chosen; empty for all. */
  private final int[] selection;

  private final boolean[] times;
  private final boolean allSent;
  private final boolean conversion;

  private RowLayout(int[] selection, boolean[] times, boolean allSent, boolean conversion) {
    this.selection = selection;
    this.times = times;
    this.allSent = allSent;
    this.conversion = conversion;
  }

  /**
   * The layout of a topic's rows.
   *
   * @throws IllegalArgumentException with one line, when the form names columns that are not there
   */
  static RowLayout of(Topic topic, EventForm form) {
    List<String> names = topic.columns().stream().map(Column::name).toList();
    for (String column : form.columns()) {
      if (!names.contains(column)) {
        throw new IllegalArgumentException(
            DataHubOptions.COLUMNS.key()
                + ": '"
                + column
                + "' is not a column; accepted: "
                + (topic.blob() ? "none, the topic is BLOB" : String.join(", ", names)));
      }
    }
    boolean conversion = form.timestampUnit() != TimestampUnit.microsecond;
    boolean[] times = new boolean[names.size()];
    for (int i = 0; i < times.length; i++) {
      times[i] = conversion && topic.columns().get(i).isTimestamp();
    }
    int[] selection = form.columns().stream().mapToInt(names::indexOf).toArray();
    return new RowLayout(selection, times, selection.length == 0, conversion);
  }

  /** False when a row has columns that the topic did not have and whose types matter. */
  boolean covers(int columns) {
    return !allSent || !conversion || columns <= times.length;
  }

  /** How many columns are sent of a row that has so many. */
  int sent(int columns) {
    return allSent ? columns : selection.length;
  }

  /** The place in the row of a column that is sent; it can lie behind the row's end. */
  int place(int sent) {
    return allSent ? sent : selection[sent];
  }

  /** True when what stands there is a time in another unit than asked for. */
  boolean isTime(int place) {
    return place < times.length && times[place];
  }
}
