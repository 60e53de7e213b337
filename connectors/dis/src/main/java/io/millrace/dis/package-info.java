// SPDX-License-Identifier: Apache-2.0
/** DIS: reads its streams, renders its events, keeps delivered positions in its checkpoints. */
package io.millrace.dis;
