// SPDX-License-Identifier: Apache-2.0
/**
 * What the emulated function services have in common: the user's code and where it runs, limits,
 * faults and the journal's part of an invocation.
 */
package io.millrace.emulator.function;
