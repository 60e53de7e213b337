// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import io.millrace.emulator.function.DeployedFunction;
import io.millrace.emulator.function.FunctionLimits;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The functions that exist, by service, those of 3.0 under the empty one. Safe for use by several
 * threads.
 */
final class FunctionStore {

  /** What every function can be invoked by. */
  static final String LATEST = "LATEST";

  private final Map<String, Map<String, DeployedFunction>> services = new ConcurrentSkipListMap<>();
  private final Map<String, Set<String>> qualifiers = new ConcurrentSkipListMap<>();

  void create(String service, String function, FunctionLimits limits) {
    services
        .computeIfAbsent(service, name -> new ConcurrentSkipListMap<>())
        .put(function, new DeployedFunction(limits));
  }

  /**
   * Makes a version or alias known.
   *
   * @param service whose it is under 2.0; empty under 3.0
   * @param function whose it is under 3.0
   */
  void publish(String service, String function, String qualifier) {
    qualifiers
        .computeIfAbsent(owner(service, function), name -> new ConcurrentSkipListSet<>())
        .add(qualifier);
  }

  /** Under 2.0 a service has versions and aliases, under 3.0 a function. */
  private static String owner(String service, String function) {
    return service.isEmpty() ? "/" + function : service;
  }

  private void requireKnown(FunctionRoute route) {
    String qualifier = route.qualifier();
    Set<String> known = qualifiers.getOrDefault(owner(route.service(), route.function()), Set.of());
    if (!qualifier.equals(LATEST) && !known.contains(qualifier)) {
      boolean version = qualifier.matches("[0-9]+");
      throw new FunctionException(
          404,
          version ? "VersionNotFound" : "AliasNotFound",
          (version ? "version '" : "alias '") + qualifier + "' does not exist");
    }
  }

  /** Removes a function; false if there was none. Its service stays. */
  boolean delete(String service, String function) {
    return services.getOrDefault(service, Map.of()).containsKey(function)
        && services.get(service).remove(function) != null;
  }

  /** The names of all functions, as {@code service/function}, or bare under 3.0. */
  List<String> names() {
    return services.entrySet().stream()
        .flatMap(
            service ->
                service.getValue().keySet().stream()
                    .map(
                        function ->
                            service.getKey().isEmpty()
                                ? function
                                : service.getKey() + "/" + function))
        .toList();
  }

  /**
   * A function.
   *
   * @throws FunctionException if there is none, or not with that version or alias
   */
  DeployedFunction get(FunctionRoute route) {
    String service = route.service();
    Map<String, DeployedFunction> functions = services.get(service);
    if (functions == null && !service.isEmpty()) {
      throw new FunctionException(
          404, "ServiceNotFound", "service '" + service + "' does not exist");
    }
    DeployedFunction deployed = functions == null ? null : functions.get(route.function());
    if (deployed == null) {
      throw new FunctionException(
          404,
          "FunctionNotFound",
          "function '"
              + route.function()
              + "' does not exist"
              + (service.isEmpty() ? "" : " in service '" + service + "'"));
    }
    requireKnown(route);
    return deployed;
  }
}
