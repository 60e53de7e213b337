// SPDX-License-Identifier: Apache-2.0
/** How services that share a scheme know who asks. */
package io.millrace.emulator.auth;
