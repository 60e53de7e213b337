// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.emulator.Emulator;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.function.FunctionCode;
import io.millrace.emulator.function.FunctionEmulator;
import io.millrace.emulator.function.FunctionLimits;
import java.net.URI;
import java.util.Optional;

/** The functions that a run can end with, each of its own cloud. */
public enum FunctionService {
  FUNCTION_COMPUTE {
    @Override
    void run(Emulator.Builder emulator, FunctionCode code) {
      emulator.function(code);
    }

    @Override
    FunctionEmulator emulator(Emulator emulator) {
      return emulator.functions();
    }

    @Override
    void create(Emulator emulator, FunctionLimits limits) {
      emulator.functions().create(GROUP, FUNCTION, limits);
    }

    @Override
    public String throttled() {
      return "ResourceThrottled";
    }

    @Override
    ServiceKeys keys(Emulator emulator) {
      return emulator.keys();
    }

    @Override
    String section(Emulator emulator, Optional<URI> endpoint) {
      return """
        type: function-compute
        endpoint: %s
        service: %s
        function: %s
      """
          .formatted(endpoint.orElse(emulator.functionComputeEndpoint()), GROUP, FUNCTION);
    }
  },

  FUNCTIONGRAPH {
    @Override
    void run(Emulator.Builder emulator, FunctionCode code) {
      emulator.functionGraphCode(code);
    }

    @Override
    FunctionEmulator emulator(Emulator emulator) {
      return emulator.functionGraph();
    }

    @Override
    void create(Emulator emulator, FunctionLimits limits) {
      emulator.functionGraph().create(StreamService.PROJECT, GROUP, FUNCTION, limits);
    }

    @Override
    public String throttled() {
      return "FSS.0429";
    }

    @Override
    ServiceKeys keys(Emulator emulator) {
      return emulator.iamKeys();
    }

    @Override
    String section(Emulator emulator, Optional<URI> endpoint) {
      return """
        type: functiongraph
        endpoint: %s
        urn: urn:fss:local:%s:function:%s:%s
      """
          .formatted(
              endpoint.orElse(emulator.functionGraphEndpoint()),
              StreamService.PROJECT,
              GROUP,
              FUNCTION);
    }
  };

  private static final String GROUP = "shop";
  private static final String FUNCTION = "handle";

  /** Has the functions of an emulator that is to be started run a code. */
  abstract void run(Emulator.Builder emulator, FunctionCode code);

  abstract FunctionEmulator emulator(Emulator emulator);

  /** Creates the function, or replaces it. */
  abstract void create(Emulator emulator, FunctionLimits limits);

  /** The code with which the service refuses what comes too fast. */
  public abstract String throttled();

  /** What its cloud accepts. */
  abstract ServiceKeys keys(Emulator emulator);

  /** Its section of a trigger, without credentials. */
  abstract String section(Emulator emulator, Optional<URI> endpoint);
}
