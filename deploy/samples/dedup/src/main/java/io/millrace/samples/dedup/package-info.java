// SPDX-License-Identifier: Apache-2.0
/** A function that is exact: every record has its effect once, whatever is repeated. */
package io.millrace.samples.dedup;
