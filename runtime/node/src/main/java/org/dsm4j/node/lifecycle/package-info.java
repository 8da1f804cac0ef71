/** How a node's process ends: rules 13 and 14. */
package org.dsm4j.node.lifecycle;
