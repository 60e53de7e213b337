// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.datahub.DataHubOptions.BlobEncoding;
import io.millrace.datahub.DataHubOptions.NullForm;
import io.millrace.datahub.DataHubOptions.TimestampUnit;
import java.io.Serializable;
import java.util.List;

/**
 * How a record becomes {@code data} of the event.
 *
 * @param columns names of those that are sent, in lower case; empty for all
 */
record EventForm(
    List<String> columns, BlobEncoding blobEncoding, NullForm nullForm, TimestampUnit timestampUnit)
    implements Serializable {

  static final EventForm DEFAULT =
      new EventForm(
          List.of(),
          DataHubOptions.BLOB_ENCODING.defaultValue(),
          DataHubOptions.NULL_FORM.defaultValue(),
          DataHubOptions.TIMESTAMP_UNIT.defaultValue());

  EventForm {
    columns = List.copyOf(columns);
  }
}
