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
    if (key.equals("secret")) {
      return "the secret is no setting ("
          + origin
          + "), since settings can be seen by others; put it into a file and set secret-file, or into the variable DSM_SECRET";
    }
    String meant = nearest(key).stream().collect(Collectors.joining(", ", "; did you mean: ", "?"));
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

  /**
   * How many letters are added, left out, changed or swapped with the next (optimal string
   * alignment).
   */
  private static int distance(String a, String b) {
    int[][] steps = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          steps[i][j] = i + j;
          continue;
        }
        int change = steps[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        steps[i][j] = Math.min(change, 1 + Math.min(steps[i - 1][j], steps[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          steps[i][j] = Math.min(steps[i][j], 1 + steps[i - 2][j - 2]);
        }
      }
    }
    return steps[a.length()][b.length()];
  }
}
