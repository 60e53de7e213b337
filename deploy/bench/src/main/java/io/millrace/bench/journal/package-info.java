// SPDX-License-Identifier: Apache-2.0
/** What the function saw, noted at little cost, and what follows from it. */
package io.millrace.bench.journal;
