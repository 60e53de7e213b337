// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.List;

/**
 * What a process of the bench does: one order a line on standard input, one answer a line on
 * standard output, until standard input ends, as it does when the bench ends.
 */
public final class Orders {

  static final String DONE = "done";
  static final String FAILED = "failed";

  private Orders() {}

  /** Carries out one order; gives what is to be answered. */
  public interface Desk {
    String carryOut(String verb, List<String> arguments) throws Exception;
  }

  /** Serves until standard input ends. */
  public static void serve(Desk desk) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    PrintStream out = new PrintStream(System.out, true, UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      List<String> words = List.of(line.split(" ", -1));
      try {
        out.println(DONE + " " + desk.carryOut(words.get(0), words.subList(1, words.size())));
      } catch (Exception e) {
        out.println(FAILED + " " + String.valueOf(e).lines().findFirst().orElse(""));
      }
    }
  }
}
