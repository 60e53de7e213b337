// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import java.io.Serializable;

/**
 * What the event has, beyond what it always has.
 *
 * @param tag the value of {@code Tag}
 * @param recordTimes whether records have {@code timestamp} and {@code timestamp_type}
 * @param millisBehindLatest whether {@code millis_behind_latest} is filled in
 * @param misspeltCursor whether the cursor is there a second time, as {@code next_patition_cursor}
 */
record EventForm(
    String tag, boolean recordTimes, boolean millisBehindLatest, boolean misspeltCursor)
    implements Serializable {

  static final EventForm DEFAULT = new EventForm("latest", false, false, false);
}
