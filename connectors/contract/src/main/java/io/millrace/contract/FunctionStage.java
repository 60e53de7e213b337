// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.FunctionConnector;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.function.FunctionEmulator;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.http.HttpAnswer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.apache.flink.configuration.Configuration;

/** The cloud of a function type: its emulator, its options, and its words. Stateless. */
public interface FunctionStage {

  /** The value of {@code function.type}. */
  String type();

  /** The emulated service. */
  FunctionEmulator service(Emulator emulator);

  /** Makes a function that {@link #options} can name. */
  void create(Emulator emulator, String function, FunctionLimits limits);

  /** The options that name a function. */
  Map<String, String> options(URI endpoint, String function);

  /** Those of {@link #options} without which nothing is named. */
  Set<String> needed();

  /** A public endpoint of the service, without its scheme. */
  String publicHost();

  /** The code with which the service refuses a caller that asks too much. */
  String throttled();

  /** The code with which the service refuses to describe a function to who may only invoke it. */
  String forbidden();

  /** The beginning of what is said when the secret is wrong. */
  String wrongSecret();

  /** The beginning of what is said when the function is not there. */
  String noSuchFunction();

  /** A refusal in the service's own form, with {@code r-1} for the request's id. */
  HttpAnswer refused(int status, String code, String message);

  /** The answer to an invocation that the function fulfilled, {@code r-1} for its id. */
  HttpAnswer succeeded();

  /**
   * The answer to an invocation that the function failed, {@code r-1} for its id.
   *
   * @param log what the function itself logged, between what the service logs around it
   */
  HttpAnswer failed(String message, String log);

  /** Answers that repeat a text, one in each place where the service or a function may. */
  List<HttpAnswer> repeating(String text);

  /** The connector, as a job finds it. */
  default FunctionConnector connector() {
    return ServiceLoader.load(FunctionConnector.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(found -> found.type().equals(type()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no connector is found for " + type()));
  }

  /** The factory that options make. */
  default FunctionInvoker.Factory factory(
      Map<String, String> options, CredentialsProvider credentials) {
    return connector().invoker(Configuration.fromMap(options), credentials);
  }
}
