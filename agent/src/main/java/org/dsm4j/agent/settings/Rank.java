package org.dsm4j.agent.settings;

import java.util.List;
import java.util.Map;

/**
 * Which of how many processes a launcher of another kind has made of this one.
 *
 * @param node number of this one
 * @param nodeFrom the variable that says so
 * @param nodes how many there are
 * @param nodesFrom the variable that says so
 * @param managerHost where the first of them runs, or null if the launcher does not say
 * @param managerFrom the variable that says so, or null
 */
record Rank(
    int node,
    String nodeFrom,
    int nodes,
    String nodesFrom,
    String managerHost,
    String managerFrom) {
  private static final String LOOPBACK = "127.0.0.1";
  private static final List<String> SLURM_HOSTS =
      List.of("SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST", "SLURM_NODELIST");

  /** One launcher's variables: number, how many, how many of them on this machine (or null). */
  private record Variables(String node, List<String> nodes, String here) {}

  /**
   * In the order in which they are looked at: mpirun under Slurm starts its helpers with srun, so
   * that Slurm's variables count those.
   */
  private static final List<Variables> LAUNCHERS =
      List.of(
          new Variables(
              "OMPI_COMM_WORLD_RANK",
              List.of("OMPI_COMM_WORLD_SIZE"),
              "OMPI_COMM_WORLD_LOCAL_SIZE"),
          new Variables("PMI_RANK", List.of("PMI_SIZE"), "MPI_LOCALNRANKS"),
          new Variables("SLURM_PROCID", List.of("SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"), null));

  /**
   * What the environment says, or null if no launcher says both the number and how many.
   *
   * @throws SettingsException if a variable is not what it should be
   */
  static Rank of(Map<String, String> environment) {
    for (Variables each : LAUNCHERS) {
      String nodes = first(environment, each.nodes());
      if (environment.containsKey(each.node()) && nodes != null) {
        return of(environment, each, nodes);
      }
    }
    return null;
  }

  private static Rank of(Map<String, String> environment, Variables from, String nodesFrom) {
    int node = number(environment, from.node());
    int nodes = number(environment, nodesFrom);
    if (node >= nodes) {
      throw new SettingsException(
          "%s is %d, of %d by %s; set node, nodes and manager"
              .formatted(from.node(), node, nodes, nodesFrom));
    }
    String host = null;
    String hostFrom = null;
    if (from.here() != null && environment.containsKey(from.here())) {
      hostFrom = number(environment, from.here()) == nodes ? from.here() : null;
      host = hostFrom == null ? null : LOOPBACK;
    }
    String list = first(environment, SLURM_HOSTS);
    if (host == null && list != null) {
      hostFrom = list;
      host = firstHost(environment.get(list), list);
    }
    return new Rank(node, from.node(), nodes, nodesFrom, host, hostFrom);
  }

  /** Where there is one host alone, all are on this machine, and nobody else need be let in. */
  private static String firstHost(String list, String from) {
    try {
      List<String> hosts = HostRange.expand(list.trim());
      return hosts.size() == 1 ? LOOPBACK : hosts.get(0);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          "%s is \"%s\", which is no list of hosts; set manager=host:port".formatted(from, list));
    }
  }

  private static String first(Map<String, String> environment, List<String> names) {
    return names.stream().filter(environment::containsKey).findFirst().orElse(null);
  }

  private static int number(Map<String, String> environment, String name) {
    String text = environment.get(name).trim();
    if (!text.matches("\\d{1,6}")) {
      throw new SettingsException(
          "%s is \"%s\", which is no number; set node, nodes and manager".formatted(name, text));
    }
    return Integer.parseInt(text);
  }
}
