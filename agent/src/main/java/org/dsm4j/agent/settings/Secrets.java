package org.dsm4j.agent.settings;

import java.util.Map;
import org.dsm4j.DsmException;
import org.dsm4j.node.auth.ClusterSecret;

/**
 * Where the cluster's secret comes from: the file that the setting secret-file names, or else the
 * variable DSM_SECRET. It is no setting itself: settings are shown, and stand on command lines.
 */
public final class Secrets {
  private Secrets() {}

  /**
   * The secret, or null if there is none.
   *
   * @throws DsmException if there is one that cannot be used
   */
  public static ClusterSecret of(Settings settings) {
    return of(settings, System.getenv());
  }

  static ClusterSecret of(Settings settings, Map<String, String> environment) {
    if (settings.get(SettingTable.SECRET_FILE) != null) {
      return ClusterSecret.read(settings.get(SettingTable.SECRET_FILE));
    }
    String text = environment.get(ClusterSecret.ENVIRONMENT);
    return text == null
        ? null
        : ClusterSecret.of(text, "the variable " + ClusterSecret.ENVIRONMENT);
  }
}
