// SPDX-License-Identifier: Apache-2.0
/** Function Compute 2.0 and 3.0: invocations, and the functions that they run. */
package io.millrace.emulator.function;
