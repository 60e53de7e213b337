// SPDX-License-Identifier: Apache-2.0
/** The {@code millrace} commands. Results go to standard output, talk to standard error. */
package io.millrace.cli;
