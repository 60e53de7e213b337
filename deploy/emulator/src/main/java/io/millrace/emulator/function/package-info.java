// SPDX-License-Identifier: Apache-2.0
/** Function Compute: invocations of 2016's API, and the functions that they run. */
package io.millrace.emulator.function;
