// SPDX-License-Identifier: Apache-2.0
/** The only place in the source that touches Flink classes which are not public API. */
package io.millrace.source.runtime;
