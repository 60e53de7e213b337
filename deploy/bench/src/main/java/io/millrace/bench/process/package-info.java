// SPDX-License-Identifier: Apache-2.0
/**
 * The processes beside the contenders: the function, the stream, and how the bench talks to them.
 */
package io.millrace.bench.process;
