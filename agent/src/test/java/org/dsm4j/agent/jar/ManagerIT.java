package org.dsm4j.agent.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two clusters with managers of their own, side by side on one host, one of them in TLS. */
class ManagerIT {
  private static final Pattern LISTENS =
      Pattern.compile("dsm: manager of cluster \"(\\w+)\", 2 nodes, listens on 127.0.0.1:(\\d+)\n");

  private static final String PROGRAM =
      """
      import org.dsm4j.Dsm;
      public class Program {
        public static void main(String[] args) throws Exception {
          Dsm.barrier();
          System.out.println("runs");
          if (args[0].equals("stay")) new java.util.concurrent.CountDownLatch(1).await();
          if (Dsm.node() == 1) System.exit(7);
          Dsm.barrier();
        }
      }
      """;

  @TempDir private Path folder;
  private String classes;

  private record Part(Path folder, Process process) {
    Jvm.Result await() throws IOException, InterruptedException {
      return Jvm.await(folder, process);
    }

    void awaitOut(String text) throws InterruptedException {
      while (!Jvm.read(folder, "out").contains(text)) {
        assertFalse(process.waitFor(20, TimeUnit.MILLISECONDS), () -> Jvm.print(folder));
      }
    }

    void expect(int status, String line) throws Exception {
      Jvm.Result result = await();
      assertEquals(status, result.status(), result.err());
      assertEquals(1, result.errLines().size(), result.err());
      assertTrue(result.err().contains(line), result.err());
    }
  }

  private Part part(String name, String... arguments) throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    return new Part(own, Jvm.start(own, arguments));
  }

  private Part manager(String cluster, String... more) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("manager", "--port", "0", "--nodes", "2", "--cluster", cluster));
    command.addAll(List.of(more));
    Part manager = part("manager-" + cluster, Jvm.withJar(command.toArray(String[]::new)));
    manager.awaitOut("\n");
    return manager;
  }

  private static String portOf(Part manager, String cluster) {
    Matcher told = LISTENS.matcher(Jvm.read(manager.folder(), "out"));
    assertTrue(told.matches());
    assertEquals(cluster, told.group(1));
    return told.group(2);
  }

  private Part node(String name, String cluster, int node, String port, String how)
      throws IOException {
    return part(
        name,
        "-Xmx128m",
        "-javaagent:"
            + Jvm.JAR.toAbsolutePath()
            + "=nodes=2,embedded-manager=false,node="
            + node
            + ",cluster="
            + cluster
            + ",manager=127.0.0.1:"
            + port,
        "-cp",
        classes,
        "Program",
        how);
  }

  @Test
  void twoClustersOnOneHostDoNotDisturbEachOther() throws Exception {
    classes = Jvm.compile(folder, Map.of("Program.java", PROGRAM)).toString();
    Pem pem = Pem.make(folder, "red");
    Part red =
        manager("red", "-s", "tls-certificate=" + pem.certificate(), "-s", "tls-key=" + pem.key());
    Part blue = manager("blue");
    String redPort = portOf(red, "red");
    String bluePort = portOf(blue, "blue");
    Part second = part("second", Jvm.withJar("manager", "-p", redPort, "-n", "2"));
    String trust = ",tls-trust=" + pem.certificate();
    Part lost = node("lost", "red", 1, bluePort, "stay");
    Part clear = node("clear", "red", 1, redPort, "stay");
    Part secretive = node("secretive", "blue", 1, bluePort + trust, "stay");
    second.expect(1, "choose another port, or end what uses it");
    lost.expect(1, "is of another cluster than \"red\"");
    clear.expect(1, "it demands TLS, and here there is none");
    secretive.expect(1, "it does not use TLS");
    List<Part> reds =
        List.of(
            node("red0", "red", 0, redPort + trust, "exit"),
            node("red1", "red", 1, redPort + trust, "exit"));
    List<Part> blues =
        List.of(
            node("blue0", "blue", 0, bluePort, "stay"), node("blue1", "blue", 1, bluePort, "stay"));
    // One ends with its node's status, while the other runs.
    assertEquals(7, reds.get(1).await().status());
    reds.get(0).expect(7, "node 1 ended with status 7 (System.exit)");
    expectEnd(red, 7, "node 1 ended with status 7 (System.exit); the cluster has ended");
    for (Part each : blues) {
      each.awaitOut("runs");
    }
    new ProcessBuilder("kill", "-INT", "" + blue.process().pid()).start().waitFor();
    for (Part each : blues) {
      each.expect(130, "the manager ended with status 130 (Ctrl-C); the cluster ends");
    }
    expectEnd(blue, 130, "the manager ended with status 130 (Ctrl-C); the cluster has ended");
  }

  /** A line for all that it has refused, and one for its end. */
  private static void expectEnd(Part manager, int status, String line) throws Exception {
    Jvm.Result ended = manager.await();
    assertEquals(status, ended.status(), ended.err());
    assertEquals(2, ended.errLines().size(), ended.err());
    assertTrue(ended.errLines().get(0).contains("refused the connection from"), ended.err());
    assertTrue(ended.errLines().get(1).contains(line), ended.err());
  }
}
