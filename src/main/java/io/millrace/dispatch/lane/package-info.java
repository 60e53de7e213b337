// SPDX-License-Identifier: Apache-2.0
/**
 * The delivery of one shard as plain state machines: lanes, retries, the call budget, the blockade.
 * No Flink import, no clock, no thread: the caller brings the time and the outcomes.
 */
package io.millrace.dispatch.lane;
