// SPDX-License-Identifier: Apache-2.0
/** Rounds, and what they sum up to. */
package io.millrace.bench.run;
