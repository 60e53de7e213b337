// SPDX-License-Identifier: Apache-2.0
/** Function Compute 2.0 and 3.0: their wire, their signatures, and which functions exist. */
package io.millrace.emulator.functioncompute;
