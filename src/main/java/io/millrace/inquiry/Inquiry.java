// SPDX-License-Identifier: Apache-2.0
package io.millrace.inquiry;

import java.util.function.Consumer;
import org.apache.flink.annotation.PublicEvolving;

/** Questions to one service about one stream or function. */
@PublicEvolving
public interface Inquiry {

  /**
   * Asks all questions, one after the other, and waits for the answers. Changes nothing in the
   * cloud.
   *
   * @param findings takes each answer as it comes
   */
  void ask(Consumer<Finding> findings);
}
