/** Counters as the API shows them. */
package org.dsm4j.node.statistics;
