package org.dsm4j.agent.exit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.dsm4j.DsmException;
import org.dsm4j.internal.ExitBridge;

/**
 * The connection to the launcher that started this process. It says nothing but that the launcher is there: when it breaks, for whatever
 * reason, a thread ends this process, so that no node outlives its launcher, not even one killed with -9 or an application
 * that ignores everything. Before a deliberate end its status is written, so that the launcher can tell exit(137) from a node that was
 * killed.
 */
public final class Lifeline {
  /** Status of a node whose launcher is gone; nobody is left to see it. */
  private static final int STATUS_ORPHAN = 143;

  private final Socket socket;

  private Lifeline(Socket socket) {
    this.socket = socket;
  }

  /**
   * Connects to the launcher and starts to watch.
   *
   * @param address "port:token" of the launcher on this machine, or null without a launcher
   * @throws DsmException if the launcher is gone already
   */
  public static Lifeline attach(String address) {
    if (address == null) {
      return new Lifeline(null);
    }
    int colon = address.indexOf(':');
    int port = Integer.parseInt(address.substring(0, colon));
    String token = address.substring(colon + 1);
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write((token + "\n").getBytes(StandardCharsets.US_ASCII));
      Lifeline lifeline = new Lifeline(socket);
      Thread thread = new Thread(null, lifeline::watch, "dsm-lifeline", 0, false);
      thread.setDaemon(true);
      thread.start();
      return lifeline;
    } catch (IOException e) {
      throw new DsmException("the launcher of this node is gone: " + e);
    }
  }

  /** Tells the launcher that this process ends deliberately, with this status. Never blocks for long; failures do not matter. */
  public void tell(int status) {
    if (socket != null) {
      try {
        socket.getOutputStream().write((status + "\n").getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        // The launcher is gone: the watching thread deals with it.
      }
    }
  }

  private void watch() {
    try {
      while (socket.getInputStream().read() >= 0) {
        // The launcher sends nothing; whatever comes shows that it is there.
      }
    } catch (IOException e) {
      // A reset is an end like any other.
    }
    // No message: nobody reads it, and a full pipe would hold up the end.
    ExitBridge.mute();
    Runtime.getRuntime().halt(STATUS_ORPHAN);
  }
}
