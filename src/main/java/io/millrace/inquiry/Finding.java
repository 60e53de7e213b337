// SPDX-License-Identifier: Apache-2.0
package io.millrace.inquiry;

import org.apache.flink.annotation.PublicEvolving;

/**
 * What came of one question put to a cloud.
 *
 * @param question what was asked, a short clause
 * @param verdict how the answer compares
 * @param answer what the cloud answered, or why it could not be asked; one line
 * @param emulated what the emulator answers; empty where there is nothing to compare
 */
@PublicEvolving
public record Finding(String question, Verdict verdict, String answer, String emulated) {

  /** How a cloud's answer compares with the emulator's. */
  public enum Verdict {
    AS_EMULATED,
    DIFFERS,
    /** The emulator's answer is as good as any other. */
    NOTED,
    NOT_ASKED
  }

  /** The answer, beside the emulator's. */
  public static Finding compared(String question, String answer, String emulated) {
    return new Finding(
        question,
        answer.equals(emulated) ? Verdict.AS_EMULATED : Verdict.DIFFERS,
        answer,
        emulated);
  }

  public static Finding noted(String question, String answer) {
    return new Finding(question, Verdict.NOTED, answer, "");
  }

  public static Finding notAsked(String question, String why) {
    return new Finding(question, Verdict.NOT_ASKED, why, "");
  }
}
