// SPDX-License-Identifier: Apache-2.0
/**
 * What quickstart and prove share: the producer on the vendor's SDK, Flink as its REST interface
 * shows it, and the evidence gathered from both sides.
 */
package io.millrace.e2e.stage;
