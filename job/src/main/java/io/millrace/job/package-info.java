// SPDX-License-Identifier: Apache-2.0
/**
 * From a trigger file to a running Flink job: the specification, the pipeline, its submission and
 * the control of jobs that run.
 */
package io.millrace.job;
