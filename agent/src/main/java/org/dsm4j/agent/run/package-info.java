/** Starting the nodes of a cluster on this machine, and following them to their end. */
package org.dsm4j.agent.run;
