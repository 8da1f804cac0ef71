package org.dsm4j.agent.settings;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One place where settings are set.
 *
 * @param values key to text
 * @param origin from a key, how the user finds the place: "-Ddsm.nodes", "line of dsm.properties"
 */
record SettingsSource(Map<String, String> values, UnaryOperator<String> origin) {}
