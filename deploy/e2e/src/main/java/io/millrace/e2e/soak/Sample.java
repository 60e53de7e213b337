// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.soak;

/**
 * One value at one moment.
 *
 * @param name which of its kind, for example {@code taskmanager-3}; each incarnation has its own
 * @param at minutes since the soak began
 * @param age of the process, in minutes since it was first seen
 */
public record Sample(
    Subject subject, String name, Quantity quantity, double at, double age, double value) {}
