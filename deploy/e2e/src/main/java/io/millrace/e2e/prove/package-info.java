// SPDX-License-Identifier: Apache-2.0
/** {@code millrace prove}: faults on a cluster of real processes, judged by the oracle. */
package io.millrace.e2e.prove;
