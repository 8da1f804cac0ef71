/**
 * The control plane: joining, names, allocations, statistics and the end of a cluster, between
 * nodes and their manager, over Netty. It may stop for a garbage collection; nobody in a fault ever
 * waits for it, and none of its threads touches shared memory.
 */
package org.dsm4j.node.control;
