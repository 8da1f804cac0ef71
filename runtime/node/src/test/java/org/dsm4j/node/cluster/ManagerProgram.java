package org.dsm4j.node.cluster;

import java.nio.file.Path;
import org.dsm4j.node.control.ManagerConfig;
import org.dsm4j.node.control.ManagerServer;

/** A manager in a process of its own: number of nodes, port file. */
final class ManagerProgram {
  private ManagerProgram() {}

  public static void main(String[] args) throws InterruptedException {
    ManagerConfig config =
        ManagerConfig.of(0, Integer.parseInt(args[0]), "dsm").withPortFile(Path.of(args[1]));
    System.exit(ManagerServer.start(config).awaitEnd());
  }
}
