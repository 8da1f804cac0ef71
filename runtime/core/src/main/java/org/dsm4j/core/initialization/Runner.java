package org.dsm4j.core.initialization;

/**
 * A thread of the cluster.
 *
 * @param node its node
 * @param thread its identity on that node
 */
public record Runner(int node, long thread) {}
