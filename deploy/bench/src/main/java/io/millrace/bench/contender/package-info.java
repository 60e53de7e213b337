// SPDX-License-Identifier: Apache-2.0
/** The contenders that run on this Flink or on none, each in a process of its own. */
package io.millrace.bench.contender;
