package org.dsm4j.agent.settings;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The settings of this process: for each, its value and where it came from. Immutable. */
public final class Settings {
  private static final String DEFAULT = "default";

  private record Entry(Object value, String text, String origin) {}

  private final Map<Setting<?>, Entry> entries;

  private Settings(Map<Setting<?>, Entry> entries) {
    this.entries = entries;
  }

  /**
   * Settles every setting.
   *
   * @param sources in rising order of precedence
   * @throws SettingsException if a key is unknown or a value not allowed
   */
  static Settings of(List<SettingsSource> sources) {
    Map<Setting<?>, Entry> entries = new IdentityHashMap<>();
    for (Setting<?> setting : SettingTable.all()) {
      if (setting.defaultText() != null) {
        entries.put(setting, entry(setting, setting.defaultText(), DEFAULT));
      }
    }
    for (SettingsSource source : sources) {
      source
          .values()
          .forEach(
              (key, text) -> {
                String origin = source.origin().apply(key);
                Setting<?> setting = SettingNames.find(key);
                if (setting == null) {
                  throw new SettingsException(SettingNames.unknown(key, origin));
                }
                entries.put(setting, entry(setting, text.trim(), origin));
              });
    }
    return new Settings(entries);
  }

  /**
   * The same with others that nobody has set.
   *
   * @param texts by setting
   * @param origins where they are from, by setting
   * @throws SettingsException if a value is not allowed
   */
  Settings with(Map<Setting<?>, String> texts, Map<Setting<?>, String> origins) {
    Map<Setting<?>, Entry> all = new IdentityHashMap<>(entries);
    texts.forEach((setting, text) -> all.put(setting, entry(setting, text, origins.get(setting))));
    return new Settings(all);
  }

  private static Entry entry(Setting<?> setting, String text, String origin) {
    try {
      return new Entry(setting.type().parse(text), text, origin);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          "setting %s is \"%s\" (%s); allowed: %s"
              .formatted(setting.key(), text, origin, setting.type().allowed()));
    }
  }

  /** The value, or null if it has none. */
  @SuppressWarnings("unchecked")
  public <T> T get(Setting<T> setting) {
    Entry entry = entries.get(setting);
    return entry == null ? null : (T) entry.value();
  }

  /** Where the value came from, for messages. */
  public String origin(Setting<?> setting) {
    Entry entry = entries.get(setting);
    return entry == null ? DEFAULT : entry.origin();
  }

  /** Whether somebody has set it. */
  public boolean isSet(Setting<?> setting) {
    return !origin(setting).equals(DEFAULT);
  }

  /** The text of the value, or null if it has none. */
  public String text(Setting<?> setting) {
    Entry entry = entries.get(setting);
    return entry == null ? null : entry.text();
  }
}
