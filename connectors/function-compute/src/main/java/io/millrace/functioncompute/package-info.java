// SPDX-License-Identifier: Apache-2.0
/** Invokes functions of Alibaba Cloud Function Compute 2.0 (API 2016-08-15). */
package io.millrace.functioncompute;
