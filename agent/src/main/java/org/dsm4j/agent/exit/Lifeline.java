package org.dsm4j.agent.exit;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.dsm4j.DsmException;
import org.dsm4j.internal.ExitBridge;

/**
 * The connection to the launcher that started this process. When it breaks, for whatever reason, a
 * thread ends this process, so that no node outlives its launcher, not even one killed with -9 or
 * an application that ignores everything. Before a deliberate end its status is written, so that
 * the launcher can tell exit(137) from a node that was killed.
 */
public final class Lifeline {
  /**
   * Status of a node whose launcher is gone or has told it to end; never the first that is not 0.
   */
  private static final int STATUS_ORPHAN = 143;

  private final Socket socket;
  private final File portFile;
  private volatile boolean joined;

  private Lifeline(Socket socket, Path portFile) {
    this.socket = socket;
    this.portFile = portFile == null ? null : portFile.toAbsolutePath().toFile();
  }

  /**
   * Connects to the launcher and starts to watch.
   *
   * @param address "port:token" of the launcher on this machine, or null without a launcher
   * @param portFile the launcher's, alone in its folder, which a launcher that was killed cannot
   *     delete; or null
   * @throws DsmException if the launcher is gone already
   */
  public static Lifeline attach(String address, Path portFile) {
    if (address == null) {
      return new Lifeline(null, null);
    }
    int colon = address.indexOf(':');
    int port = Integer.parseInt(address.substring(0, colon));
    String token = address.substring(colon + 1);
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write((token + "\n").getBytes(StandardCharsets.US_ASCII));
      Lifeline lifeline = new Lifeline(socket, portFile);
      Thread thread = new Thread(null, lifeline::watch, "dsm-lifeline", 0, false);
      thread.setDaemon(true);
      thread.start();
      return lifeline;
    } catch (IOException e) {
      throw new DsmException("the launcher of this node is gone: " + e);
    }
  }

  /** The node is part of its cluster, which from now on tells it of failures of others. */
  public void joined() {
    joined = true;
  }

  /**
   * Tells the launcher that this process ends deliberately, with this status. Never blocks for
   * long; failures do not matter.
   */
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
      // A byte says that another node has failed. Who has not joined yet would wait for it in vain.
      for (int said = socket.getInputStream().read(); said >= 0 && joined; ) {
        said = socket.getInputStream().read();
      }
    } catch (IOException e) {
      // A reset is an end like any other.
    }
    // No message: nobody reads it, and a full pipe would hold up the end.
    ExitBridge.mute();
    deletePortFile();
    Runtime.getRuntime().halt(STATUS_ORPHAN);
  }

  /** Another node may be quicker; then there is nothing left to do. */
  private void deletePortFile() {
    if (portFile != null && portFile.delete()) {
      portFile.getParentFile().delete();
    }
  }
}
