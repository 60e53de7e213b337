// SPDX-License-Identifier: Apache-2.0
/**
 * What happens in a task: its shards are fetched side by side from one thread, and handed in order
 * to the lanes, which say through {@link io.millrace.source.reader.TaskLink} when it is enough.
 */
package io.millrace.source.reader;
