// SPDX-License-Identifier: Apache-2.0
/** How options are refused: one line that names key, value and what is accepted. */
package io.millrace.options;
