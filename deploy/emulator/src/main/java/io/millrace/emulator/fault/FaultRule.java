// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.fault;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which requests are struck by a fault, and by what.
 *
 * <p>Start from {@link #of} and narrow it: {@code FaultRule.of(FUNCTION, STATUS).withStatus(429)
 * .onShard("3").times(5)}.
 *
 * @param target the service
 * @param kind what happens
 * @param operation the only operation to strike, named as the methods of DataHub's SDK and of DIS's
 *     older one are ({@code getRecords}, {@code putRecordsByShard} …); functions have {@code
 *     invoke}, which is meant where nothing is said, and {@code getFunction}
 * @param shard the only shard to strike; for functions that of the event
 * @param times how many requests to strike; all of them if absent
 * @param probability of striking a request that matches, above 0 and at most 1
 * @param delay of {@link FaultKind#LATENCY}
 * @param status of {@link FaultKind#STATUS}
 * @param errorCode the service's error code of {@link FaultKind#STATUS}, error type or code of
 *     {@link FaultKind#ERROR}; chosen by the service if absent
 * @param errorType what {@link FaultKind#STATUS} of a function of Function Compute says in {@code
 *     X-Fc-Error-Type}
 */
public record FaultRule(
    FaultTarget target,
    FaultKind kind,
    Optional<String> operation,
    Optional<String> shard,
    OptionalInt times,
    double probability,
    Duration delay,
    OptionalInt status,
    Optional<String> errorCode,
    Optional<String> errorType) {

  /**
   * @throws IllegalArgumentException with one line for whoever wrote the rule
   */
  public FaultRule {
    if (!kind.appliesTo(target)) {
      throw new IllegalArgumentException(
          "kind: "
              + kind.wireName()
              + " is not a fault of the service "
              + target.wireName()
              + ", only of "
              + FaultTarget.names(kind::appliesTo));
    }
    if (operation.isPresent()
        && kind.onlyOperation().isPresent()
        && !operation.equals(kind.onlyOperation())) {
      throw new IllegalArgumentException(
          "operation: "
              + operation.get()
              + " is never struck by "
              + kind.wireName()
              + ", only "
              + kind.onlyOperation().get());
    }
    if (times.isPresent() && times.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "times: "
              + times.getAsInt()
              + " is not a number of requests; 1 or more, or leave it out");
    }
    if (!(probability > 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "probability: " + probability + " is not above 0 and at most 1");
    }
    if (delay.isNegative() || (kind == FaultKind.LATENCY && delay.isZero())) {
      throw new IllegalArgumentException(
          "delayMs: " + delay.toMillis() + " is not a delay; latency needs 1 or more milliseconds");
    }
    if (status.isPresent() && (status.getAsInt() < 400 || status.getAsInt() > 599)) {
      throw new IllegalArgumentException(
          "status: " + status.getAsInt() + " is not an error; 400 to 599");
    }
    if (kind == FaultKind.STATUS && status.isEmpty() && errorCode.isEmpty()) {
      throw new IllegalArgumentException("status: the kind status needs status, errorCode or both");
    }
    if (errorType.isPresent() && (kind != FaultKind.STATUS || target != FaultTarget.FUNCTION)) {
      throw new IllegalArgumentException(
          "errorType: "
              + errorType.get()
              + " is sent with the kind status of the service function only");
    }
  }

  /**
   * A rule for all requests of a service. {@link FaultKind#LATENCY} starts with 100 ms, {@link
   * FaultKind#STATUS} with 500.
   */
  public static FaultRule of(FaultTarget target, FaultKind kind) {
    return new FaultRule(
        target,
        kind,
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        1,
        kind == FaultKind.LATENCY ? Duration.ofMillis(100) : Duration.ZERO,
        kind == FaultKind.STATUS ? OptionalInt.of(500) : OptionalInt.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public FaultRule onOperation(String only) {
    return new FaultRule(
        target,
        kind,
        Optional.of(only),
        shard,
        times,
        probability,
        delay,
        status,
        errorCode,
        errorType);
  }

  public FaultRule onShard(String only) {
    return new FaultRule(
        target,
        kind,
        operation,
        Optional.of(only),
        times,
        probability,
        delay,
        status,
        errorCode,
        errorType);
  }

  public FaultRule times(int count) {
    return new FaultRule(
        target,
        kind,
        operation,
        shard,
        OptionalInt.of(count),
        probability,
        delay,
        status,
        errorCode,
        errorType);
  }

  public FaultRule withProbability(double chance) {
    return new FaultRule(
        target, kind, operation, shard, times, chance, delay, status, errorCode, errorType);
  }

  public FaultRule withDelay(Duration added) {
    return new FaultRule(
        target, kind, operation, shard, times, probability, added, status, errorCode, errorType);
  }

  public FaultRule withStatus(int httpStatus) {
    return new FaultRule(
        target,
        kind,
        operation,
        shard,
        times,
        probability,
        delay,
        OptionalInt.of(httpStatus),
        errorCode,
        errorType);
  }

  /** With the service's own error code; the status is then the one that the service gives it. */
  public FaultRule withErrorCode(String code) {
    return new FaultRule(
        target,
        kind,
        operation,
        shard,
        times,
        probability,
        delay,
        OptionalInt.empty(),
        Optional.of(code),
        errorType);
  }

  /** With an {@code X-Fc-Error-Type} beside the refusal. */
  public FaultRule withErrorType(String type) {
    return new FaultRule(
        target,
        kind,
        operation,
        shard,
        times,
        probability,
        delay,
        status,
        errorCode,
        Optional.of(type));
  }
}
