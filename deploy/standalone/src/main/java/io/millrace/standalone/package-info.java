// SPDX-License-Identifier: Apache-2.0
/** A Flink cluster of real processes on this machine, from the jars of Maven's repository. */
package io.millrace.standalone;
