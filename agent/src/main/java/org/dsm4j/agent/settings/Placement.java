package org.dsm4j.agent.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes what is not set of node, nodes and manager from the environment of Slurm, of mpirun, or of
 * a StatefulSet in Kubernetes. All of it or nothing: half a place is none. What is set stays, and
 * what contradicts it is an error.
 */
final class Placement {
  private static final Pattern POD = Pattern.compile("(.*[^.])-(\\d{1,6})");
  private static final Pattern LAUNCHERS = Pattern.compile("SLURM_|OMPI_|PMI_");
  private static final String HOSTNAME = "HOSTNAME";
  private static final Path KERNEL_HOSTNAME = Path.of("/proc/sys/kernel/hostname");
  private static final String IN_KUBERNETES = "KUBERNETES_SERVICE_HOST";

  private final Settings settings;
  private final Map<String, String> environment;
  private final Map<Setting<?>, String> texts = new LinkedHashMap<>();
  private final Map<Setting<?>, String> origins = new LinkedHashMap<>();

  private Placement(Settings settings, Map<String, String> environment) {
    this.settings = settings;
    this.environment = environment;
  }

  /**
   * The settings with what was taken.
   *
   * @throws SettingsException if the environment contradicts them or itself
   */
  static Settings complete(Settings settings, Map<String, String> environment) {
    boolean byLauncher =
        settings.get(SettingTable.PORT_FILE) != null || settings.get(SettingTable.LIFELINE) != null;
    boolean whole =
        settings.isSet(SettingTable.NODE)
            && settings.isSet(SettingTable.NODES)
            && settings.get(SettingTable.MANAGER) != null;
    boolean alone =
        settings.isSet(SettingTable.NODES) && settings.get(SettingTable.NODES).equals(1);
    if (byLauncher || whole || alone) {
      return settings;
    }
    return new Placement(settings, environment).complete();
  }

  /** What of the place was taken, for the end of a message; empty if nothing was. */
  static String remark(Settings settings) {
    String origin = settings.origin(SettingTable.NODES);
    return LAUNCHERS.matcher(origin).lookingAt()
        ? " (this is node %s of %s by %s and %s; nodes=1 lets it run alone)"
            .formatted(
                settings.text(SettingTable.NODE),
                settings.text(SettingTable.NODES),
                settings.origin(SettingTable.NODE),
                origin)
        : "";
  }

  private Settings complete() {
    if (settings.get(SettingTable.SERVICE) != null) {
      return pod();
    }
    Rank rank = Rank.of(environment);
    if (rank != null) {
      return ranked(rank);
    }
    boolean needsNumber =
        environment.containsKey(IN_KUBERNETES)
            && settings.isSet(SettingTable.NODES)
            && settings.get(SettingTable.MANAGER) != null;
    Matcher pod = POD.matcher(hostname());
    if (needsNumber && pod.matches()) {
      take(SettingTable.NODE, pod.group(2), "the number in the host name " + hostname());
    }
    return taken();
  }

  // ---- Slurm and mpirun ---------------------------------------------------------------------

  private Settings ranked(Rank rank) {
    boolean half = rank.managerHost() == null && settings.get(SettingTable.MANAGER) == null;
    boolean alone = rank.nodes() == 1 && !settings.isSet(SettingTable.NODES);
    if (half || alone) {
      return settings;
    }
    take(SettingTable.NODE, Integer.toString(rank.node()), rank.nodeFrom());
    take(SettingTable.NODES, Integer.toString(rank.nodes()), rank.nodesFrom());
    if (settings.get(SettingTable.MANAGER) == null) {
      take(SettingTable.MANAGER, at(rank.managerHost()), rank.managerFrom());
    }
    return taken();
  }

  // ---- Kubernetes ---------------------------------------------------------------------------

  private Settings pod() {
    String service = settings.get(SettingTable.SERVICE);
    String said =
        "setting service is " + service + " (" + settings.origin(SettingTable.SERVICE) + ")";
    if (!settings.isSet(SettingTable.NODES)) {
      throw new SettingsException(
          said + ", and nodes is not set; set it to the number of replicas, DSM_NODES");
    }
    Matcher pod = POD.matcher(hostname());
    if (!pod.matches()) {
      throw new SettingsException(
          said
              + ", and the host name \""
              + hostname()
              + "\" does not end in -NUMBER, as those of a StatefulSet do; set node and manager");
    }
    take(SettingTable.NODE, pod.group(2), "the number in the host name " + hostname());
    if (settings.get(SettingTable.MANAGER) == null) {
      take(
          SettingTable.MANAGER,
          at(pod.group(1) + "-0." + service),
          settings.origin(SettingTable.SERVICE));
    }
    return taken();
  }

  private String hostname() {
    String name = environment.get(HOSTNAME);
    try {
      return name != null ? name.trim() : Files.readString(KERNEL_HOSTNAME).trim();
    } catch (IOException e) {
      return "";
    }
  }

  // ---- both ---------------------------------------------------------------------------------

  private String at(String host) {
    return host + ":" + settings.get(SettingTable.MANAGER_PORT);
  }

  private void take(Setting<?> setting, String text, String origin) {
    if (!settings.isSet(setting)) {
      texts.put(setting, text);
      origins.put(setting, origin);
    } else if (!settings.get(setting).equals(setting.type().parse(text))) {
      throw new SettingsException(
          "setting %s is %s (%s), and by %s it is %s; take one away, or set node, nodes and manager"
              .formatted(
                  setting.key(), settings.text(setting), settings.origin(setting), origin, text));
    }
  }

  private Settings taken() {
    return settings.with(texts, origins);
  }
}
