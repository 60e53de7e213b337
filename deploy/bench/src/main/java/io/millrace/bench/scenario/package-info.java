// SPDX-License-Identifier: Apache-2.0
/** What is measured under which conditions. */
package io.millrace.bench.scenario;
