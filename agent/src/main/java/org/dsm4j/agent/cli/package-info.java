/** The command line: {@code java -jar dsm-agent.jar COMMAND}. */
package org.dsm4j.agent.cli;
