/** Named blocks of shared memory. */
package org.dsm4j.node.memory;
