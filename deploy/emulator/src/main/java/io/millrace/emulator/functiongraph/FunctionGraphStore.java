// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import io.millrace.emulator.function.DeployedFunction;
import io.millrace.emulator.function.FunctionLimits;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;

/** The functions that exist, by project, package and name. Safe for use by several threads. */
final class FunctionGraphStore {

  private final Map<String, Listed> functions = new ConcurrentSkipListMap<>();

  /** A function, with the versions and aliases that it has besides the latest. */
  record Listed(
      String project,
      String group,
      String function,
      Set<String> qualifiers,
      DeployedFunction deployed) {}

  void create(String project, String group, String function, FunctionLimits limits) {
    functions.put(
        name(project, group, function),
        new Listed(
            project, group, function, new ConcurrentSkipListSet<>(), new DeployedFunction(limits)));
  }

  /** Makes a version known, or an alias, which begins with {@code !}. */
  void publish(String project, String group, String function, String qualifier) {
    Listed known = functions.get(name(project, group, function));
    if (known == null) {
      throw new IllegalArgumentException(
          "function: " + name(project, group, function) + " does not exist");
    }
    known.qualifiers().add(qualifier);
  }

  /** Removes a function; false if there was none. */
  boolean delete(String project, String group, String function) {
    return functions.remove(name(project, group, function)) != null;
  }

  /** The names of all functions, as {@code project:package:name}. */
  List<String> names() {
    return List.copyOf(functions.keySet());
  }

  List<Listed> ofProject(String project) {
    return functions.values().stream().filter(each -> each.project().equals(project)).toList();
  }

  /**
   * A function.
   *
   * @throws FunctionGraphException if there is none, or not with that version or alias
   */
  DeployedFunction get(FunctionUrn urn) {
    Listed known = functions.get(name(urn.project(), urn.group(), urn.function()));
    if (known == null) {
      throw new FunctionGraphException(404, "FSS.1051", "Not found the function");
    }
    String qualifier = urn.qualifier();
    if (!qualifier.equals(FunctionUrn.LATEST) && !known.qualifiers().contains(qualifier)) {
      boolean alias = qualifier.startsWith("!");
      throw new FunctionGraphException(
          404,
          alias ? "FSS.1053" : "FSS.1052",
          (alias ? "The alias does not exist: " : "The version does not exist: ") + qualifier);
    }
    return known.deployed();
  }

  private static String name(String project, String group, String function) {
    return String.join(":", project, group, function);
  }
}
