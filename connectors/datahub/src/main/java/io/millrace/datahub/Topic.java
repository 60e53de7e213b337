// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import java.util.List;
import java.util.Locale;

/**
 * A topic, as far as reading needs it.
 *
 * @param blob false for TUPLE
 * @param columns of TUPLE, in the order in which records have them; later ones are only appended
 * @param createdAt milliseconds since the epoch, of DataHub's whole second; 0 where it does not
 *     tell
 */
record Topic(boolean blob, List<Column> columns, long createdAt) {

  Topic {
    columns = List.copyOf(columns);
  }

  /**
   * One column.
   *
   * @param name in lower case, as DataHub's SDK compares names
   * @param type in upper case
   */
  record Column(String name, String type) {
    Column {
      name = name.toLowerCase(Locale.ROOT);
      type = type.toUpperCase(Locale.ROOT);
    }

    boolean isTimestamp() {
      return type.equals("TIMESTAMP");
    }
  }
}
