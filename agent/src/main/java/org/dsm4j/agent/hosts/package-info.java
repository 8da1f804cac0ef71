/**
 * Starting nodes on other machines: the launcher runs ssh once for each node, with this same jar at
 * its other end, and they talk in frames over its standard streams.
 */
package org.dsm4j.agent.hosts;
