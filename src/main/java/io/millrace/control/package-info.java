// SPDX-License-Identifier: Apache-2.0
/**
 * Seeing and steering a running job: what subtasks tell the coordinator and clients ask of it.
 *
 * <p>Subtasks ask once a second; the coordinator never calls them, because an event sent to a
 * frozen task would fail the job.
 */
package io.millrace.control;
