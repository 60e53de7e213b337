// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import io.millrace.emulator.ServiceKeys;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a cloud says to a process that runs a function, and how it reads the answer. */
public interface ProcessContract {

  /** Where a process that is started here has to listen; 0 for any free port. */
  int port();

  /** The environment variables that tell a process its port. */
  List<String> portVariables();

  /** The content type of an event. */
  String contentType();

  /** The headers that go with an event. */
  Map<String, String> context(FunctionCall call, ServiceKeys keys);

  /** The header of an answer in which a function's error is reported, where there is one. */
  default Optional<String> errorHeader() {
    return Optional.empty();
  }

  /**
   * What an answer means that is not a 2xx, or has the header.
   *
   * @param reported the header's value
   */
  FunctionResult failed(int status, Optional<String> reported, byte[] body);
}
