// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.dispatch.DeliveryOptions;
import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.lane.BatchLimits;
import io.millrace.dispatch.lane.CallBudget;
import io.millrace.dispatch.lane.DeliveryPolicy;
import io.millrace.dispatch.lane.LedgerTerms;
import io.millrace.dispatch.lane.ProbeSchedule;
import io.millrace.dispatch.lane.RetrySchedule;
import io.millrace.http.HttpSettings;
import io.millrace.ledger.DeliveryLedger;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;

/**
 * All that a Dispatch operator is made of; travels in the job graph.
 *
 * @param trigger the trigger's name
 * @param ledger null for none
 * @param chained whether the input is a {@code ShardStreamSource} in the same task
 */
public record DispatchSettings(
    String trigger,
    FunctionInvoker.Factory invoker,
    EnvelopeFormat format,
    Configuration options,
    HttpSettings http,
    DeliveryLedger.Factory ledger,
    boolean chained)
    implements Serializable {

  /** How long a gateway that is connected may take to refuse a call. */
  private static final Duration REFUSAL_MARGIN = Duration.ofSeconds(10);

  DeliveryPolicy policy(int parallelism, int subtask) {
    ReadableConfig given = options;
    return new DeliveryPolicy(
        trigger,
        invoker.function(),
        new BatchLimits(
            given.get(DeliveryOptions.MAX_RECORDS),
            given.get(DeliveryOptions.MAX_BYTES).getBytes(),
            invoker.maxEventSize()),
        given.get(DeliveryOptions.LINGER),
        new RetrySchedule(
            given.get(DeliveryOptions.RETRY_INTERVAL),
            given.get(DeliveryOptions.MAX_ATTEMPTS),
            probes(given)),
        invoker.timeout(),
        http.connectTimeout().plus(REFUSAL_MARGIN),
        given.get(DeliveryOptions.UNKNOWN_FATE) == DeliveryOptions.UnknownFate.wait,
        given.get(DeliveryOptions.TARGET_FAULTS) == DeliveryOptions.TargetFaults.probe,
        given.get(DeliveryOptions.ON_EXHAUSTED) == DeliveryOptions.OnExhausted.fail,
        CallBudget.share(given.get(DeliveryOptions.MAX_CONCURRENCY), parallelism, subtask));
  }

  private static Optional<ProbeSchedule> probes(ReadableConfig given) {
    Duration first = given.get(DeliveryOptions.PROBE_INTERVAL);
    return first.isZero()
        ? Optional.empty()
        : Optional.of(new ProbeSchedule(first, given.get(DeliveryOptions.MAX_PROBE_INTERVAL)));
  }

  LedgerTerms ledgerTerms(DeliveryLedger opened, String job, boolean restored, boolean resumed) {
    ReadableConfig given = options;
    return new LedgerTerms(
        opened,
        ledger.ledger(),
        given.get(DeliveryOptions.LEDGER_MODE) == DeliveryOptions.LedgerMode.strict,
        given.get(DeliveryOptions.ON_RESTORE) == DeliveryOptions.OnRestore.rewind,
        job,
        restored,
        resumed);
  }
}
