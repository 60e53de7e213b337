// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import java.io.Serializable;

/**
 * A command that came too late: there was nothing any more that it could be done to.
 *
 * @param reason for the operator
 */
public record Miss(Command command, String reason) implements Serializable {}
