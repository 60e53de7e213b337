// SPDX-License-Identifier: Apache-2.0
/** DataHub: topics in memory, the wire protocol of its SDK, shards that split and merge. */
package io.millrace.emulator.datahub;
