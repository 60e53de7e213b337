// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import java.util.Map;

/** A refusal in the words of the service: its error code and message, and the HTTP status. */
public final class DataHubException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Clients decide by the code alone; only for Unauthorized is the status documented (403). */
  private static final Map<String, Integer> STATUS =
      Map.ofEntries(
          Map.entry("NoSuchProject", 404),
          Map.entry("NoSuchTopic", 404),
          Map.entry("NoSuchShard", 404),
          Map.entry("NoSuchSubscription", 404),
          Map.entry("Unauthorized", 403),
          Map.entry("NoPermission", 403),
          Map.entry("ExpiredAccessToken", 403),
          Map.entry("InternalServerError", 500),
          Map.entry("ShardNotReady", 500));

  private final String code;

  DataHubException(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  String code() {
    return code;
  }

  int status() {
    return statusOf(code);
  }

  /** The HTTP status that goes with an error code. */
  static int statusOf(String code) {
    return STATUS.getOrDefault(code, 400);
  }

  static DataHubException noSuchProject() {
    return new DataHubException("NoSuchProject", "The specified project name does not exist.");
  }

  static DataHubException noSuchTopic() {
    return new DataHubException("NoSuchTopic", "The specified topic name does not exist.");
  }

  static DataHubException noSuchShard(String project, String topic, String shard) {
    return new DataHubException(
        "NoSuchShard",
        "ShardId Not Exist. Invalid shard id:" + project + "/" + topic + "/" + shard);
  }

  static DataHubException notActive() {
    return new DataHubException("InvalidShardOperation", "The specified shard is not active.");
  }

  static DataHubException invalidCursor() {
    return new DataHubException("InvalidCursor", "The cursor is invalid.");
  }

  static DataHubException expiredCursor() {
    return new DataHubException("InvalidCursor", "The cursor is expired.");
  }

  static DataHubException seekOutOfRange(String message) {
    return new DataHubException("SeekOutOfRange", message);
  }

  static DataHubException invalidParameter(String message) {
    return new DataHubException("InvalidParameter", message);
  }

  static DataHubException malformed(String message) {
    return new DataHubException("MalformedRecord", "The record is not well-formed. " + message);
  }

  static DataHubException exists(String code, String message) {
    return new DataHubException(code, message);
  }
}
