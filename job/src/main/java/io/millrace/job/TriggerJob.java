// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;

/**
 * A job of this program on a cluster.
 *
 * @param id of the job
 * @param trigger its name
 * @param state as Flink sees it
 * @param sinkUid of the sink, whose coordinator is asked
 */
public record TriggerJob(JobID id, String trigger, JobStatus state, String sinkUid) {}
