// SPDX-License-Identifier: Apache-2.0
/**
 * Invokes functions of Alibaba Cloud Function Compute 2.0 (API 2016-08-15) and 3.0 (API
 * 2023-03-30).
 */
package io.millrace.functioncompute;
