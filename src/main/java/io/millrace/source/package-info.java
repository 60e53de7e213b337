// SPDX-License-Identifier: Apache-2.0
/**
 * The source: reads the shards of a stream, each in order, children after their parents.
 *
 * <p>{@link io.millrace.source.ShardStreamSource} is the Flink source, {@link
 * io.millrace.source.StreamClient} what a cloud implements. Decisions are made in plain classes of
 * the sub-packages; the classes named after Flink's translate.
 */
package io.millrace.source;
