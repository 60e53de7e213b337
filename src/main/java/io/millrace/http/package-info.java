// SPDX-License-Identifier: Apache-2.0
/** The one HTTP client: every call to every cloud goes through it. No Flink import. */
package io.millrace.http;
