// SPDX-License-Identifier: Apache-2.0
/** References to secrets, and their values where and when they are needed. No Flink import. */
package io.millrace.credentials;
