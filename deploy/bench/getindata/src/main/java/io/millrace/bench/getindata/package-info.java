// SPDX-License-Identifier: Apache-2.0
/** A job on getindata's HTTP sink, with the Flink that it runs on. */
package io.millrace.bench.getindata;
