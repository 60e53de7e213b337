// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.model.Position;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A closed shard ends, and DataHub no longer has the place behind which it was to be read. */
final class DoubtfulEnd {

  private static final Logger LOG = LoggerFactory.getLogger(DoubtfulEnd.class);

  private DoubtfulEnd() {}

  /**
   * Says so in the log.
   *
   * @param where the beginning of the line
   * @param last the place
   */
  static void warn(String where, Position last) {
    LOG.warn(
        "{}the shard is closed and holds nothing behind {}, and DataHub does not tell whether it"
            + " ever did: what it had there has expired unread",
        where,
        last.sequence() < 0 ? "its beginning" : "sequence " + last.sequence());
  }
}
