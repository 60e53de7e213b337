// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.e2e.oracle.EventReader;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;

/** The streams that a run can begin with, each of its own cloud. */
public enum StreamService {
  DATAHUB {
    @Override
    OrderProducer producer(Emulator emulator) {
      return new DataHubProducer(
          emulator.dataHubEndpoint(),
          emulator.keys(),
          PROJECT,
          STREAM,
          emulator.dataHub().offsets());
    }

    @Override
    public FaultTarget target() {
      return FaultTarget.DATAHUB;
    }

    @Override
    public String throttled() {
      return "LimitExceeded";
    }

    @Override
    StoredStream stored(Emulator emulator) {
      return new StoredStream.Topic(emulator.dataHub().topic(PROJECT, STREAM));
    }

    @Override
    EventReader events() {
      return EventReader.dataHub();
    }

    @Override
    ServiceKeys keys(Emulator emulator) {
      return emulator.keys();
    }

    @Override
    String section(Emulator emulator) {
      return """
        type: datahub
        endpoint: %s
        project: %s
        topic: %s
      """
          .formatted(emulator.dataHubEndpoint(), PROJECT, STREAM);
    }
  },

  DIS {
    @Override
    OrderProducer producer(Emulator emulator) {
      return new DisProducer(
          emulator.disEndpoint(), emulator.iamKeys(), PROJECT, STREAM, emulator.dis()::commits);
    }

    @Override
    public FaultTarget target() {
      return FaultTarget.DIS;
    }

    @Override
    public String throttled() {
      return "DIS.4303";
    }

    @Override
    StoredStream stored(Emulator emulator) {
      return new StoredStream.Partitions(emulator.dis().stream(STREAM));
    }

    @Override
    EventReader events() {
      return EventReader.dis();
    }

    @Override
    ServiceKeys keys(Emulator emulator) {
      return emulator.iamKeys();
    }

    @Override
    String section(Emulator emulator) {
      return """
        type: dis
        endpoint: %s
        project-id: %s
        stream: %s
      """
          .formatted(emulator.disEndpoint(), PROJECT, STREAM);
    }
  };

  static final String PROJECT = "millrace";
  static final String STREAM = "orders";

  /** What strikes it. */
  public abstract FaultTarget target();

  /** A rule that strikes whoever fetches records, with nothing said yet but the kind. */
  public final FaultRule onFetches(FaultKind kind) {
    return FaultRule.of(target(), kind).onOperation("getRecords");
  }

  /** The code with which the service refuses what comes too fast. */
  public abstract String throttled();

  /** Writes the stream, which it has to create first. */
  abstract OrderProducer producer(Emulator emulator);

  /** What the stream holds; it must have been made. */
  abstract StoredStream stored(Emulator emulator);

  /** Reads the events that the stream's records become. */
  abstract EventReader events();

  /** What its cloud accepts. */
  abstract ServiceKeys keys(Emulator emulator);

  /** Its section of a trigger, without credentials. */
  abstract String section(Emulator emulator);
}
