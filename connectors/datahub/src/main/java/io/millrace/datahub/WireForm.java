// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.datahub.DataHubOptions.Compression;
import io.millrace.datahub.DataHubOptions.Protocol;
import java.io.Serializable;

/** In which form records come over the wire. */
record WireForm(Protocol protocol, Compression compression) implements Serializable {

  static final WireForm DEFAULT =
      new WireForm(
          DataHubOptions.PROTOCOL.defaultValue(), DataHubOptions.COMPRESSION.defaultValue());
}
