// SPDX-License-Identifier: Apache-2.0
/** FunctionGraph: its wire, how it runs functions, and which of them exist. */
package io.millrace.emulator.functiongraph;
