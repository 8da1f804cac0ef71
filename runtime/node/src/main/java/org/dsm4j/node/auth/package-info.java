/**
 * The cluster's secret, and how the two ends of a connection prove to each other that they know it.
 */
package org.dsm4j.node.auth;
