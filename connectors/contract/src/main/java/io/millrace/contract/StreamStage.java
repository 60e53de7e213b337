// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.model.ShardRecord;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamConnector;
import io.millrace.source.StreamException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.flink.configuration.Configuration;

/** The cloud of a source type: its emulator with one stream, its options, its words. Stateless. */
public interface StreamStage {

  /** The value of {@code source.type}. */
  String type();

  // ---- the emulator ----

  FaultTarget service();

  URI endpoint(Emulator emulator);

  /** Makes the stream that {@link #options} name. */
  void create(Emulator emulator, int shards);

  /** Deletes the stream, and makes another of the same name a minute later. */
  void recreate(Emulator emulator, int shards);

  /** Puts records one after another. */
  void put(Emulator emulator, String shard, String... texts);

  /** Puts records in one go, under one sequence where the service does so. */
  void putTogether(Emulator emulator, String shard, String... texts);

  /** Lets the records before a sequence expire. */
  void expire(Emulator emulator, String shard, long beforeSequence);

  /** Puts the service's clock forward. */
  void forward(Emulator emulator, Duration time);

  /** Ends the last shard of a stream of two: it takes no more records. */
  void endLast(Emulator emulator);

  void goDown(Emulator emulator);

  void comeUp(Emulator emulator);

  /** Makes a store of positions, and tells what {@link #storeKey} names it by. */
  String createStore(Emulator emulator);

  // ---- options ----

  /** The options that name the stream, and no more than are needed. */
  Map<String, String> options(URI endpoint);

  /** The option that names the stream itself. */
  String streamKey();

  /** The option that names a store of positions. */
  String storeKey();

  /** A public endpoint of the service, without its scheme. */
  String publicHost();

  // ---- words ----

  /** The id of the first or second shard of a new stream. */
  String shard(int number);

  /** What was put. */
  String text(ShardRecord record);

  /** What was put, of all records of an event. */
  List<String> texts(byte[] event);

  /** A code with which the service refuses, of what asks for this. */
  String code(StreamException.Kind kind);

  /** A code with which the service says that it no longer knows the store. */
  String storeGone();

  boolean isFetch(HttpCall call);

  /** A refusal in the service's own form, with {@code r-1} for the request's id. */
  HttpAnswer refused(int status, String code, String message);

  // ---- the connector ----

  /** The connector, as a job finds it. */
  default StreamConnector connector() {
    return ServiceLoader.load(StreamConnector.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(found -> found.type().equals(type()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no connector is found for " + type()));
  }

  /** The factory that options make. */
  default StreamClient.Factory factory(
      Map<String, String> options, CredentialsProvider credentials) {
    return connector().client(Configuration.fromMap(options), credentials);
  }
}
