// SPDX-License-Identifier: Apache-2.0
/**
 * The emulators' HTTP server: a request is handed over once it has arrived, and answered at any
 * time.
 */
package io.millrace.emulator.http;
