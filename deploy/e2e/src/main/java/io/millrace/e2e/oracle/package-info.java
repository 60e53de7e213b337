// SPDX-License-Identifier: Apache-2.0
/**
 * The order oracle: decides from the outside whether the promises D1 to D6 were kept.
 *
 * <p>It knows what the stream held, what the function saw and which faults were made, and nothing
 * of the code under test: no Flink import, no Millrace import. All times are microseconds on one
 * clock, that of the invocation journal.
 */
package io.millrace.e2e.oracle;
