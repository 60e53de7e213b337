// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import org.apache.flink.runtime.operators.coordination.CoordinationRequest;

/** Asks how the shards stand; answered with a JSON document, see {@link JsonAnswer}. */
public record StatusRequest() implements CoordinationRequest {}
