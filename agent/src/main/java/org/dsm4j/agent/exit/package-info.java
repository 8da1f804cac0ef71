/**
 * The end of the application and of the process: how it is noticed, and how the process follows its
 * launcher.
 */
package org.dsm4j.agent.exit;
