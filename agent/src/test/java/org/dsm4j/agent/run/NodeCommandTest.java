package org.dsm4j.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.dsm4j.agent.settings.AgentArguments;
import org.junit.jupiter.api.Test;

/** The command of a node. */
class NodeCommandTest {
  private static RunPlan plan(int nodes) {
    return new RunPlan(
        nodes,
        Path.of("/jdk/bin/java"),
        Path.of("/a b/dsm-agent.jar"),
        List.of("-Xmx1g", "-ea"),
        Map.of("cluster", "x,y"),
        List.of("-jar", "app.jar", "--option"),
        true,
        null,
        Duration.ofSeconds(1));
  }

  @Test
  void optionsThenAgentThenApplication() {
    List<String> command = NodeCommand.of(plan(2), 1, Path.of("/tmp/port"), "4711:secret-1");
    assertEquals(
        List.of("/jdk/bin/java", "-XX:-DontCompileHugeMethods", "-Xmx1g", "-ea"),
        command.subList(0, 4));
    assertEquals(List.of("-jar", "app.jar", "--option"), command.subList(5, 8));
    String prefix = "-javaagent:/a b/dsm-agent.jar=";
    assertEquals(prefix, command.get(4).substring(0, prefix.length()));
    assertEquals(
        Map.of(
            "node", "1",
            "nodes", "2",
            "lifeline", "4711:secret-1",
            "portfile", "/tmp/port",
            "cluster", "x,y"),
        AgentArguments.parse(command.get(4).substring(prefix.length())));
  }

  @Test
  void oneNodeNeedsNoManager() {
    String agent = NodeCommand.of(plan(1), 0, null, "1:s-0").get(4);
    assertFalse(agent.contains("portfile"), agent);
  }
}
