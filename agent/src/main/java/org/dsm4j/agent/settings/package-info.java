/**
 * The settings of a node: one table ({@link org.dsm4j.agent.settings.SettingTable}) from which
 * parsing, messages, the command {@code settings} and the documentation come; read from four places
 * of rising precedence.
 */
package org.dsm4j.agent.settings;
