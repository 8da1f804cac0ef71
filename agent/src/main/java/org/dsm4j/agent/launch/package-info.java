/**
 * The few classes of dsm-agent.jar that the JVM itself starts: they stand at the root of the jar,
 * are loaded by the application's class loader, and do nothing but hand over to the isolated class
 * loader.
 */
package org.dsm4j.agent.launch;
