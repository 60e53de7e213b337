// SPDX-License-Identifier: Apache-2.0
/** DIS in memory, behind its own REST protocol. */
package io.millrace.emulator.dis;
