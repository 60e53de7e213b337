// SPDX-License-Identifier: Apache-2.0
/** A storage for checkpoints that fails when it is told to. */
package io.millrace.e2e.storage;
