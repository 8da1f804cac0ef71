package org.dsm4j.agent.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples of docs/operations.md, as far as they run on one machine: every node gets the same
 * command, and its place from the variables that Slurm or Kubernetes would set.
 */
class PlacementIT {
  private static final int NODES = 3;
  private static final String PROGRAM =
      """
      import org.dsm4j.Dsm;
      public class Program {
        public static void main(String[] args) {
          Dsm.barrier();
          System.out.println(Dsm.node() + "/" + Dsm.nodes());
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void nodesFindTheirPlacesInTheEnvironment() throws Exception {
    Path classes = Jvm.compile(folder, Map.of("Program.java", PROGRAM));
    String port = freePort();
    List<Node> nodes = new ArrayList<>();
    for (int task = 0; task < NODES; task++) {
      nodes.add(
          start(
              "slurm" + task,
              classes,
              "SLURM_JOB_ID=4711",
              "SLURM_PROCID=" + task,
              "SLURM_NTASKS=" + NODES,
              "SLURM_STEP_NUM_TASKS=" + NODES,
              "SLURM_JOB_NODELIST=localhost",
              "DSM_MANAGER_PORT=" + port));
    }
    String podPort = freePort();
    Path secret = folder.resolve("secret");
    assertEquals(0, Jvm.dsm(folder, "secret", "new", secret.toString()).status());
    Path names = Files.writeString(folder.resolve("hosts"), "127.0.0.1 app-0.app.space.svc\n");
    for (int pod = 0; pod < NODES; pod++) {
      nodes.add(
          start(
              "pod" + pod,
              classes,
              "HOSTNAME=app-" + pod,
              "KUBERNETES_SERVICE_HOST=192.0.2.1",
              "DSM_SERVICE=app.space.svc",
              "DSM_NODES=" + NODES,
              "DSM_MANAGER_PORT=" + podPort,
              "DSM_SECRET_FILE=" + secret,
              "JAVA_TOOL_OPTIONS=-Djdk.net.hosts.file=" + names));
    }
    // A task that is alone runs alone.
    Node alone =
        start("alone", classes, "SLURM_PROCID=0", "SLURM_NTASKS=1", "SLURM_JOB_NODELIST=localhost");
    for (int i = 0; i < nodes.size(); i++) {
      nodes.get(i).expect(i % NODES + "/" + NODES);
    }
    alone.expect("0/1");
    Jvm.Result contradiction =
        start(
                "contradiction",
                classes,
                "SLURM_PROCID=1",
                "SLURM_NTASKS=2",
                "SLURM_JOB_NODELIST=localhost",
                "DSM_NODES=4")
            .await();
    assertEquals(2, contradiction.status(), contradiction.err());
    assertTrue(contradiction.err().contains("by SLURM_NTASKS it is 2"), contradiction.err());
    assertEquals(1, contradiction.errLines().size(), contradiction.err());
  }

  private record Node(Path folder, Process process) {
    Jvm.Result await() throws IOException, InterruptedException {
      return Jvm.await(folder, process);
    }

    void expect(String line) throws IOException, InterruptedException {
      Jvm.Result result = await();
      assertEquals(0, result.status(), result.err());
      assertEquals(line + "\n", result.out());
    }
  }

  private Node start(String name, Path classes, String... variables) throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    return new Node(
        own,
        Jvm.start(
            own,
            List.of(variables),
            "-Xmx128m",
            "-javaagent:" + Jvm.JAR.toAbsolutePath(),
            "-cp",
            classes.toString(),
            "Program"));
  }

  private static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Integer.toString(socket.getLocalPort());
    }
  }
}
