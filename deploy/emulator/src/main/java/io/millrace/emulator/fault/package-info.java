// SPDX-License-Identifier: Apache-2.0
/** Faults that strike requests on demand, the same for both services. */
package io.millrace.emulator.fault;
