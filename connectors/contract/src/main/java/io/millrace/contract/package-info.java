// SPDX-License-Identifier: Apache-2.0
/**
 * What the core relies on in every connector, as tests. A connector's own tests extend each of
 * these classes and supply the stage: its emulator, its options, its words.
 */
package io.millrace.contract;
