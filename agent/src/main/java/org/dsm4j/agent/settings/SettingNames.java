package org.dsm4j.agent.settings;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds settings by name, and what may have been meant by a name that there is not. */
final class SettingNames {
  private static final int SUGGESTIONS = 3;
  private static final Map<String, Setting<?>> BY_KEY = new HashMap<>();

  static {
    SettingTable.all().forEach(setting -> BY_KEY.put(setting.key(), setting));
  }

  private SettingNames() {}

  /** The setting of that key, or null. */
  static Setting<?> find(String key) {
    return BY_KEY.get(key);
  }

  /** The line about an unknown key. */
  static String unknown(String key, String origin) {
    String meant =
        nearest(key).stream().collect(Collectors.joining(", ", "; did you mean: ", "?"));
    return "there is no setting \""
        + key
        + "\" ("
        + origin
        + ")"
        + (nearest(key).isEmpty() ? "" : meant)
        + "; the command settings lists all";
  }

  private static List<String> nearest(String key) {
    int bound = Math.max(2, key.length() / 2);
    return SettingTable.all().stream()
        .filter(setting -> !setting.internal())
        .map(Setting::key)
        .filter(each -> distance(key, each) <= bound)
        .sorted(Comparator.comparingInt(each -> distance(key, each)))
        .limit(SUGGESTIONS)
        .toList();
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
