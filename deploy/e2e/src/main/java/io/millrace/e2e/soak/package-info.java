// SPDX-License-Identifier: Apache-2.0
/** What processes hold while a job runs for long, and whether it grows. */
package io.millrace.e2e.soak;
