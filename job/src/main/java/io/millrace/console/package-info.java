// SPDX-License-Identifier: Apache-2.0
/**
 * The console: a small server with one page, which shows the jobs of a cluster and steers them.
 *
 * <p>It runs beside a person, never in a job: the jar that a cluster is given holds none of it. One
 * thread watches the cluster, one gives commands; the server's threads only read what the first has
 * seen, and wait for the second. Nothing outlives the process.
 */
package io.millrace.console;
