package org.dsm4j.agent.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a launcher prints of nodes on other hosts: whole lines behind the node's prefix.
 * Thread-safe.
 */
public final class RemoteEnd {
  private final OutputStream out;
  private final OutputStream err;
  private final boolean prefixes;
  private final EndNews news = new EndNews();

  /** Prints on these streams. */
  public RemoteEnd(OutputStream out, OutputStream err, boolean prefixes) {
    this.out = out;
    this.err = err;
    this.prefixes = prefixes;
  }

  /** A line of a node's output. */
  public void out(int node, byte[] line) {
    write(out, node, line);
  }

  /** A line of its error output; not if it only repeats why the cluster ends. */
  public void err(int node, byte[] line) {
    if (!news.isRepeated(line)) {
      write(err, node, line);
    }
  }

  /** A line of the launcher's own. */
  public void say(String message) {
    print(err, ("dsm: " + message + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void write(OutputStream to, int node, byte[] line) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    if (prefixes) {
      whole.writeBytes(("[" + node + "] ").getBytes(StandardCharsets.US_ASCII));
    }
    whole.writeBytes(line);
    print(to, whole.toByteArray());
  }

  private static void print(OutputStream to, byte[] bytes) {
    synchronized (to) {
      try {
        to.write(bytes);
        to.flush();
      } catch (IOException e) {
        // Nobody reads us any more: the nodes go on.
      }
    }
  }

  /** What the end of a node means for the cluster: rule 14. */
  public static int clusterStatus(int node, int status, boolean deliberate) {
    return new NodeEnd(node, status, deliberate).clusterStatus();
  }
}
