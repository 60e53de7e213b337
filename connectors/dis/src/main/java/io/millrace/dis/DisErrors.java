// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import io.millrace.source.StreamErrors;
import io.millrace.source.StreamErrors.Meaning;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What DIS's error codes ask for.
 *
 * <p>Codes: the appendix "Error Codes" of the API reference. Which pass by themselves: the retries
 * of the Java SDK 1.3.21 and of the Kafka adapter.
 */
final class DisErrors {

  static final String APP_EXISTS = "DIS.4330";
  static final String NO_SUCH_APP = "DIS.4332";
  static final String NO_CHECKPOINT = "DIS.4375";

  /** The service's own code, wherever in the answer it stands. */
  private static final Pattern CODE = Pattern.compile("DIS\\.[0-9]{4}");

  private static final TreeMap<String, Meaning> BY_CODE = new TreeMap<>();

  static {
    // Traffic control, and too many requests for streams.
    BY_CODE.put("DIS.4303", Meaning.THROTTLED);
    BY_CODE.put("DIS.4305", Meaning.THROTTLED);

    // All can be set right while the job waits: rights or arrears, project, address that is barred
    // after many failures, stream, app.
    BY_CODE.put("DIS.4116", Meaning.REFUSED);
    BY_CODE.put("DIS.4117", Meaning.REFUSED);
    BY_CODE.put("DIS.4309", Meaning.REFUSED);
    BY_CODE.put("DIS.4301", Meaning.REFUSED);
    BY_CODE.put("DIS.4329", Meaning.REFUSED);
    BY_CODE.put(NO_SUCH_APP, Meaning.REFUSED);

    // The stream is not running yet.
    BY_CODE.put("DIS.4205", Meaning.PASSING);
    // The Kafka adapter tries again: while a stream is scaled not all of it knows its partitions.
    BY_CODE.put("DIS.4302", Meaning.PASSING);
    BY_CODE.put("DIS.5000", Meaning.PASSING);
    BY_CODE.put("DIS.5250", Meaning.PASSING);

    BY_CODE.put("DIS.4217", Meaning.EXPIRED_CURSOR);
    BY_CODE.put("DIS.4225", Meaning.EXPIRED_CURSOR);
    // What the cursor points at has expired: a new one tells what is lost.
    BY_CODE.put("DIS.4226", Meaning.EXPIRED_CURSOR);
    BY_CODE.put("DIS.4224", Meaning.OUT_OF_RANGE);
    BY_CODE.put("DIS.4319", Meaning.END_OF_SHARD);

    BY_CODE.put("DIS.4200", Meaning.WRONG);
    BY_CODE.put("DIS.4201", Meaning.WRONG);
    BY_CODE.put("DIS.4202", Meaning.WRONG);
    BY_CODE.put("DIS.4215", Meaning.WRONG);
    BY_CODE.put("DIS.4216", Meaning.WRONG);
    BY_CODE.put("DIS.4300", Meaning.WRONG);
    BY_CODE.put("DIS.4307", Meaning.WRONG);
    BY_CODE.put("DIS.4308", Meaning.WRONG);
    BY_CODE.put(APP_EXISTS, Meaning.WRONG);
    BY_CODE.put("DIS.4331", Meaning.WRONG);
    BY_CODE.put(NO_CHECKPOINT, Meaning.WRONG);
  }

  /** 441 is what the SDK takes for a failed authentication besides 401. */
  static final StreamErrors TABLE = new StreamErrors(BY_CODE, Set.of(410, 441));

  private DisErrors() {}

  /**
   * The code of an answer. DIS's documentation and DIS itself disagree about where it stands.
   *
   * @param given where a code was expected; may be another service's
   * @param body of the answer
   */
  static String code(String given, String body) {
    Matcher own = CODE.matcher(given.isEmpty() ? body : given + " " + body);
    return own.find() ? own.group() : given;
  }
}
