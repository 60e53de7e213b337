// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import java.util.Map;

/** A refusal in the words of the service: its error code and message, and the HTTP status. */
public final class DisException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** All others are 400, as the service's table of error codes says. */
  private static final Map<String, Integer> STATUS = Map.of("DIS.4116", 403, "DIS.5000", 500);

  private final String code;
  private final int status;

  private DisException(String code, int status, String message) {
    super(message, null, false, false);
    this.code = code;
    this.status = status;
  }

  private DisException(String code, String message) {
    this(code, statusOf(code), message);
  }

  String code() {
    return code;
  }

  int status() {
    return status;
  }

  /** The HTTP status that goes with an error code. */
  static int statusOf(String code) {
    return STATUS.getOrDefault(code, 400);
  }

  static DisException invalidRequest(String what) {
    return new DisException("DIS.4200", "Invalid request. [" + what + "]");
  }

  static DisException invalidPartition(String id) {
    return new DisException("DIS.4201", "Invalid partition_id. [" + id + "]");
  }

  static DisException invalidCursorType(String type) {
    return new DisException("DIS.4215", "Invalid cursor_type. [" + type + "]");
  }

  static DisException invalidSequence(String sequence) {
    return new DisException("DIS.4216", "Invalid sequence_number. [" + sequence + "]");
  }

  static DisException invalidCursor() {
    return new DisException("DIS.4217", "Invalid partition_cursor.");
  }

  static DisException expiredCursor() {
    return new DisException("DIS.4225", "Expired partition_cursor.");
  }

  static DisException outOfRange(long sequence, long earliest, long latest) {
    return new DisException(
        "DIS.4224",
        "Sequence_number out of range. ["
            + sequence
            + "][ should be within ]["
            + earliest
            + "][ ]["
            + latest
            + "]");
  }

  static DisException expiredRecord(long sequence, long earliest, long latest) {
    return new DisException(
        "DIS.4226",
        "The record of the partition_cursor has expired. ["
            + sequence
            + "][ should be within ]["
            + earliest
            + "][ ]["
            + latest
            + "]");
  }

  static DisException expiredTimestamp(long oldest) {
    return new DisException(
        "DIS.4300",
        "Request error. [timestamp is expired, timestamp should be larger than " + oldest + "]");
  }

  static DisException noSuchStream(String name) {
    return new DisException("DIS.4301", "Stream does not exist. [" + name + "]");
  }

  static DisException noSuchPartition(String id) {
    return new DisException("DIS.4302", "Partition does not exist. [" + id + "]");
  }

  static DisException throttled(String what) {
    return new DisException("DIS.4303", "Exceeded traffic control limit. [" + what + "]");
  }

  static DisException streamExists(String name) {
    return new DisException("DIS.4307", "Stream already exists. [" + name + "]");
  }

  static DisException quota(String what) {
    return new DisException("DIS.4308", "Quota exceeded. [" + what + "]");
  }

  static DisException partitionExpired(String stream, String project, String partition) {
    return new DisException(
        "DIS.4319", "Partition is expired. [" + stream + "][" + project + "][" + partition + "]");
  }

  static DisException appExists(String app) {
    return new DisException("DIS.4330", "App already exists. [" + app + "]");
  }

  static DisException appInUse(String app) {
    return new DisException("DIS.4331", "App is in use. [" + app + "]");
  }

  static DisException noSuchApp(String app) {
    return new DisException("DIS.4332", "App does not exist. [" + app + "]");
  }

  static DisException noCheckpoint(String app, String stream) {
    return new DisException(
        "DIS.4375", "The app has no checkpoint of the stream. [" + app + "][" + stream + "]");
  }

  static DisException projectMismatch(String project) {
    return new DisException("DIS.4117", "Invalid project_id. [" + project + "]");
  }

  static DisException tooLarge(String what) {
    return new DisException("DIS.4200", 413, "Request entity too large. [" + what + "]");
  }

  /** A path or method that the service does not have. */
  static DisException noSuchOperation(String what) {
    return new DisException("DIS.4200", 404, "Invalid request. [" + what + "]");
  }

  static DisException internal() {
    return new DisException("DIS.5000", "System error.");
  }
}
