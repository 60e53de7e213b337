// SPDX-License-Identifier: Apache-2.0
/** Values that every part shares: records, positions, shards. No Flink import. */
package io.millrace.model;
