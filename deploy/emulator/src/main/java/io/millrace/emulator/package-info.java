// SPDX-License-Identifier: Apache-2.0
/**
 * DataHub, DIS, Function Compute and FunctionGraph on loopback: {@link
 * io.millrace.emulator.Emulator} is the way in.
 */
package io.millrace.emulator;
