package org.dsm4j.agent.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What to start.
 *
 * @param nodes how many nodes
 * @param java the java command
 * @param agent dsm-agent.jar
 * @param jvmOptions options of every JVM
 * @param settings settings of every node, key to text
 * @param application what follows the options: "-jar", "app.jar", arguments; or "-cp", path, main
 *     class, arguments
 * @param prefix whether lines of output begin with the node's number
 * @param timeout after which the cluster is ended, or null
 * @param grace how long the rest may take to end once one node has failed or the launcher is told
 *     to end
 */
public record RunPlan(
    int nodes,
    Path java,
    Path agent,
    List<String> jvmOptions,
    Map<String, String> settings,
    List<String> application,
    boolean prefix,
    Duration timeout,
    Duration grace) {

  public RunPlan {
    jvmOptions = List.copyOf(jvmOptions);
    settings = Map.copyOf(settings);
    application = List.copyOf(application);
  }

  /** The same without one setting. */
  public RunPlan without(String key) {
    Map<String, String> rest = new TreeMap<>(settings);
    rest.remove(key);
    return new RunPlan(nodes, java, agent, jvmOptions, rest, application, prefix, timeout, grace);
  }
}
