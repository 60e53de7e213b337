// SPDX-License-Identifier: Apache-2.0
/** Invokes functions of FunctionGraph, of Huawei Cloud and Open Telekom Cloud. */
package io.millrace.functiongraph;
