// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import io.millrace.credentials.Credentials;
import io.millrace.http.HttpAnswer;
import io.millrace.http.JsonFields;
import io.millrace.http.OneLine;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.annotation.PublicEvolving;

/**
 * How a function service says no, as data. Its own code decides; where it has none, or one that is
 * not listed, the HTTP status does.
 *
 * @param codeFields where in an answer the code stands; the first that is there
 * @param messageFields where the message stands; the first that is there
 * @param byCode what each code asks for; {@code A} stands for {@code A.B} too
 * @param hopeless the codes after which an invocation would end no better than a question about the
 *     function did. Not those of an account that may invoke and not ask, nor of a server that has
 *     invocations only.
 */
@PublicEvolving
public record RefusalTable(
    List<String> codeFields,
    List<String> messageFields,
    Map<String, Verdict> byCode,
    Set<String> hopeless) {

  public RefusalTable {
    codeFields = List.copyOf(codeFields);
    messageFields = List.copyOf(messageFields);
    byCode = Map.copyOf(byCode);
    hopeless = Set.copyOf(hopeless);
  }

  /**
   * A refusal in the form of the service, or of something on the way.
   *
   * @param code the service's own, empty where there is none
   * @param line for people, without secrets
   */
  public record Refusal(Verdict verdict, String code, String line, boolean leavesNoHope) {

    /** What a question about the function is to be told. */
    public FunctionDescription description() {
      return leavesNoHope
          ? new FunctionDescription.Refused(line)
          : new FunctionDescription.Withheld(line);
    }
  }

  /** Reads an answer that is a refusal. */
  public Refusal read(HttpAnswer answer, Credentials credentials) {
    JsonFields body = JsonFields.of(answer.body());
    String code = body.text(codeFields);
    String message = body.text(messageFields);
    String said =
        message.isEmpty()
            ? OneLine.of(answer.body(), credentials)
            : OneLine.of(message, credentials);
    String line =
        "HTTP "
            + answer.status()
            + (code.isEmpty() ? "" : " " + OneLine.of(code, credentials))
            + (said.isEmpty() ? "" : ": " + said);
    return new Refusal(
        verdict(code, answer.status()),
        code,
        line,
        hopeless.contains(code) || hopeless.contains(family(code)));
  }

  private Verdict verdict(String code, int status) {
    Verdict listed = byCode.getOrDefault(code, byCode.get(family(code)));
    return listed != null ? listed : Verdict.ofStatus(status);
  }

  private static String family(String code) {
    int dot = code.indexOf('.');
    return dot < 0 ? code : code.substring(0, dot);
  }
}
