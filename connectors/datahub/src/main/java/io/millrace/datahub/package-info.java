// SPDX-License-Identifier: Apache-2.0
/** Reads topics of Alibaba Cloud DataHub and renders the events that their functions expect. */
package io.millrace.datahub;
