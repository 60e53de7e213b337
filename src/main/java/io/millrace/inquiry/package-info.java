// SPDX-License-Identifier: Apache-2.0
/** Questions about a cloud that its documentation leaves open, put to the cloud itself. */
package io.millrace.inquiry;
