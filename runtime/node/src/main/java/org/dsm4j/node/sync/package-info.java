/** Locks, barriers and monitors of the whole cluster. */
package org.dsm4j.node.sync;
