/**
 * What the command doctor looks at: is this machine, as it is set up, one on which DSM4J runs, and
 * well.
 */
package org.dsm4j.agent.doctor;
