package org.dsm4j.agent.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Reads the settings from their four places, in rising order of precedence: file, environment,
 * system properties, agent arguments.
 */
public final class SettingsReader {
  private static final String PREFIX = "dsm.";

  private SettingsReader() {}

  /**
   * The settings of this process.
   *
   * @throws SettingsException if one is wrong
   */
  public static Settings read(String agentArguments) {
    return read(Path.of(""), System.getenv(), System.getProperties(), agentArguments);
  }

  /**
   * The settings of a node that starts in this process: what is not set of its place it takes from
   * Slurm, mpirun or Kubernetes.
   *
   * @throws SettingsException if one is wrong
   */
  public static Settings readForNode(String agentArguments) {
    return Placement.complete(read(agentArguments), System.getenv());
  }

  /** What of a node's place was taken so, for the end of a message; empty if nothing was. */
  public static String remark(Settings settings) {
    return Placement.remark(settings);
  }

  /**
   * The settings, from places that are given.
   *
   * @param folder where dsm.properties is looked for
   * @throws SettingsException if one is wrong
   */
  public static Settings read(
      Path folder, Map<String, String> environment, Properties properties, String agentArguments) {
    SettingsSource variables = environment(environment);
    SettingsSource system = properties(properties);
    SettingsSource arguments =
        new SettingsSource(AgentArguments.parse(agentArguments), key -> "agent arguments");
    Settings above = Settings.of(List.of(variables, system, arguments));
    return Settings.of(List.of(file(folder, above), variables, system, arguments));
  }

  private static SettingsSource file(Path folder, Settings above) {
    Path named = above.get(SettingTable.CONFIG);
    Path file = folder.resolve(named == null ? Path.of("dsm.properties") : named);
    Map<String, String> values = new TreeMap<>();
    if (named != null || Files.exists(file)) {
      load(file, above.origin(SettingTable.CONFIG))
          .forEach((key, value) -> values.put(withoutPrefix(key), value));
    }
    return new SettingsSource(values, key -> "file " + file);
  }

  private static Map<String, String> load(Path file, String origin) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new SettingsException(
          "settings file " + file + " (" + origin + ") cannot be read: " + e);
    }
    Map<String, String> values = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    if (values.containsKey(SettingTable.CONFIG.key())) {
      throw new SettingsException(
          "file " + file + " sets config; a settings file cannot name another one");
    }
    return values;
  }

  private static String withoutPrefix(String key) {
    return key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key;
  }

  /** Other programs have variables that begin with DSM_ too, so only known ones are looked at. */
  private static SettingsSource environment(Map<String, String> environment) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Setting<?> setting : SettingTable.all()) {
      String text = environment.get(setting.environmentName());
      if (text != null) {
        values.put(setting.key(), text);
      }
    }
    return new SettingsSource(
        values, key -> "environment variable " + SettingNames.find(key).environmentName());
  }

  private static SettingsSource properties(Properties properties) {
    Map<String, String> values = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      if (name.startsWith(PREFIX)) {
        values.put(withoutPrefix(name), properties.getProperty(name));
      }
    }
    return new SettingsSource(values, key -> "-D" + PREFIX + key);
  }
}
