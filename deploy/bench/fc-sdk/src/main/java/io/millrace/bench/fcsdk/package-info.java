// SPDX-License-Identifier: Apache-2.0
/** The plain loop with the vendor's own client of Function Compute. */
package io.millrace.bench.fcsdk;
