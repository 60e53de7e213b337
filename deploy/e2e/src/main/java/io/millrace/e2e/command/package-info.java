// SPDX-License-Identifier: Apache-2.0
/** The commands that need emulators or a cluster of their own. */
package io.millrace.e2e.command;
