// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import static io.millrace.dispatch.Verdict.RECORDS;
import static io.millrace.dispatch.Verdict.TARGET;
import static io.millrace.dispatch.Verdict.THROTTLED;
import static io.millrace.dispatch.Verdict.TOO_LARGE;
import static io.millrace.dispatch.Verdict.UNKNOWN;

import io.millrace.dispatch.RefusalTable;
import io.millrace.dispatch.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How FunctionGraph, and the API gateway before it, say no. */
final class FunctionGraphRefusals {

  private static final Map<String, Verdict> BY_CODE =
      Map.ofEntries(
          // FunctionGraph's API reference, appendix "Error Codes": those that an invocation can
          // meet. Of the rest the status says enough.
          Map.entry("FSS.0400", RECORDS),
          Map.entry("FSS.0401", TARGET),
          Map.entry("FSS.0403", TARGET),
          Map.entry("FSS.0404", TARGET),
          Map.entry("FSS.0406", RECORDS),
          Map.entry("FSS.0408", UNKNOWN),
          Map.entry("FSS.0410", TARGET),
          Map.entry("FSS.0413", TOO_LARGE),
          Map.entry("FSS.0429", THROTTLED),
          Map.entry("FSS.0500", RECORDS),
          Map.entry("FSS.0502", RECORDS),
          Map.entry("FSS.0503", THROTTLED),
          Map.entry("FSS.0504", UNKNOWN),
          // 400: what the user called the function.
          Map.entry("FSS.1002", TARGET),
          Map.entry("FSS.1014", TARGET),
          Map.entry("FSS.1015", TARGET),
          Map.entry("FSS.1309", TARGET),
          // 400: who calls.
          Map.entry("FSS.1303", TARGET),
          Map.entry("FSS.1310", TARGET),
          // 404: function, version, alias, package.
          Map.entry("FSS.1051", TARGET),
          Map.entry("FSS.1052", TARGET),
          Map.entry("FSS.1053", TARGET),
          Map.entry("FSS.1055", TARGET),
          // 401.
          Map.entry("FSS.1118", TARGET),
          // 503: the function's network, or its image, is out of reach.
          Map.entry("FSS.1115", TARGET),
          Map.entry("FSS.1169", TARGET),
          Map.entry("FSS.1401", TARGET),
          Map.entry("FSS.1402", TARGET),
          // 500: the function ran, and what it returned is not of the form that is due.
          Map.entry("FSS.1202", RECORDS),
          Map.entry("FSS.1201", TOO_LARGE),
          // The gateway: the cloud's API Request Signing Guide, page "Error Codes". 0201 has a
          // meaning for each status.
          Map.entry("APIGW.0101", TARGET),
          Map.entry("APIGW.0103", TARGET),
          Map.entry("APIGW.0301", TARGET),
          Map.entry("APIGW.0302", TARGET),
          Map.entry("APIGW.0303", TARGET),
          Map.entry("APIGW.0305", TARGET),
          Map.entry("APIGW.0306", TARGET),
          Map.entry("APIGW.0307", TARGET),
          Map.entry("APIGW.0308", THROTTLED));

  private static final Set<String> HOPELESS =
      Set.of(
          "FSS.0401",
          "FSS.1051",
          "FSS.1052",
          "FSS.1053",
          "FSS.1055",
          "FSS.1118",
          "FSS.1309",
          "APIGW.0101",
          "APIGW.0301",
          "APIGW.0303",
          "APIGW.0307");

  /** Some of the cloud's gateways write errorCode and message. */
  static final RefusalTable TABLE =
      new RefusalTable(
          List.of("error_code", "errorCode"), List.of("error_msg", "message"), BY_CODE, HOPELESS);

  private FunctionGraphRefusals() {}
}
