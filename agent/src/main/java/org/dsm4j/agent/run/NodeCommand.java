package org.dsm4j.agent.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dsm4j.agent.settings.AgentArguments;
import org.dsm4j.agent.settings.SettingTable;

/** The command that starts one node. */
final class NodeCommand {
  /**
   * HotSpot leaves methods of more than 8000 bytes to the interpreter. The rewriting makes methods
   * longer, and what a program has in its longest is what it does most of the time. Before the
   * program's own options, which may say otherwise.
   */
  static final String COMPILE_LONG_METHODS = "-XX:-DontCompileHugeMethods";

  private NodeCommand() {}

  /**
   * The command and its arguments.
   *
   * @param portFile where node 0 tells the manager's port; null for a single node, which has none
   * @param lifeline the launcher's address for this node
   */
  static List<String> of(RunPlan plan, int node, Path portFile, String lifeline) {
    Map<String, String> settings = new TreeMap<>(plan.settings());
    settings.put(SettingTable.NODE.key(), Integer.toString(node));
    settings.put(SettingTable.NODES.key(), Integer.toString(plan.nodes()));
    settings.put(SettingTable.LIFELINE.key(), lifeline);
    if (portFile != null) {
      settings.put(SettingTable.PORT_FILE.key(), portFile.toString());
    }
    List<String> command = new ArrayList<>();
    command.add(plan.java().toString());
    command.add(COMPILE_LONG_METHODS);
    command.addAll(plan.jvmOptions());
    command.add("-javaagent:" + plan.agent() + "=" + AgentArguments.format(settings));
    command.addAll(plan.application());
    return command;
  }
}
