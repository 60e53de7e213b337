// SPDX-License-Identifier: Apache-2.0
/** {@code millrace bench}: Millrace beside what people use today, and beside its limits. */
package io.millrace.bench;
