package org.dsm4j.agent.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The text after {@code -javaagent:dsm-agent.jar=}: pairs key=value separated by commas; in a
 * value, {@code \,} is a comma and {@code \\} a backslash.
 */
public final class AgentArguments {
  private AgentArguments() {}

  /**
   * The pairs, in their order.
   *
   * @throws SettingsException if an element is not key=value
   */
  public static Map<String, String> parse(String text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String element : split(text)) {
      int equals = element.indexOf('=');
      if (element.isBlank()) {
        continue;
      }
      if (equals <= 0) {
        throw new SettingsException(
            "agent argument \"" + element.trim() + "\" is not key=value; write: nodes=4,node=0");
      }
      pairs.put(element.substring(0, equals).trim(), element.substring(equals + 1));
    }
    return pairs;
  }

  /** The text of which {@link #parse} makes these pairs. */
  public static String format(Map<String, String> pairs) {
    StringBuilder text = new StringBuilder();
    pairs.forEach(
        (key, value) ->
            text.append(text.isEmpty() ? "" : ",")
                .append(key)
                .append('=')
                .append(value.replace("\\", "\\\\").replace(",", "\\,")));
    return text.toString();
  }

  private static List<String> split(String text) {
    List<String> elements = new ArrayList<>();
    StringBuilder element = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean escapes =
          c == '\\' && i + 1 < text.length() && ",\\".indexOf(text.charAt(i + 1)) >= 0;
      if (escapes) {
        element.append(text.charAt(++i));
      } else if (c == ',') {
        elements.add(element.toString());
        element.setLength(0);
      } else {
        element.append(c);
      }
    }
    elements.add(element.toString());
    return elements;
  }
}
