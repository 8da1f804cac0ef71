package org.dsm4j.node;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.dsm4j.DsmException;
import org.dsm4j.node.auth.ClusterSecret;

/**
 * The addresses of one node, found when it joins: names are looked up here, the engine gets
 * numbers.
 *
 * @param bind what is listened on
 * @param advertised what others are told, a name or a number
 */
record Addresses(InetAddress bind, String advertised) {
  private static final int ANY_PORT = 9;
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Finds them.
   *
   * @throws DsmException if a name is unknown, other nodes could not reach this one, or anybody
   *     could
   */
  static Addresses of(Network network, String managerHost) {
    InetAddress manager = awaitName(managerHost, network.nameWait().toNanos());
    InetAddress bind =
        network.bind() != null ? lookUp("setting bind", network.bind()) : localTowards(manager);
    ClusterSecret.refuseOpen(bind, network.secret());
    if (network.advertise() != null) {
      return new Addresses(bind, bracketed(network.advertise()));
    }
    InetAddress seen = bind.isAnyLocalAddress() ? localTowards(manager) : bind;
    if (seen.isLoopbackAddress() && !bind.isLoopbackAddress()) {
      throw new DsmException(
          "other nodes would be told to reach this one at "
              + seen.getHostAddress()
              + ", since "
              + managerHost
              + " is this machine itself here; set advertise to its name or address as others see it");
    }
    return new Addresses(bind, numeric(seen));
  }

  /** host:port, the host looked up. */
  static String resolve(String address) {
    int colon = address.lastIndexOf(':');
    InetAddress host = lookUp("address of a node", address.substring(0, colon));
    return numeric(host) + address.substring(colon);
  }

  /** A name that may not be known yet. */
  private static InetAddress awaitName(String host, long nanos) {
    long deadline = System.nanoTime() + nanos;
    while (true) {
      try {
        return InetAddress.getByName(host);
      } catch (UnknownHostException e) {
        if (System.nanoTime() - deadline >= 0) {
          return lookUp("setting manager", host);
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  static InetAddress lookUp(String what, String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new DsmException(
          what + ": the host \"" + host + "\" is not known here; check the name, or give a number",
          e);
    }
  }

  /** The address of this machine that its packets to another carry. Sends nothing. */
  private static InetAddress localTowards(InetAddress other) {
    if (other.isLoopbackAddress()) {
      return other;
    }
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(other, ANY_PORT));
      return socket.getLocalAddress();
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new DsmException(
          "this machine has no route to the manager at " + other.getHostAddress() + ": " + e, e);
    }
  }

  /** As the engine reads it: IPv6 in brackets. */
  private static String numeric(InetAddress address) {
    return bracketed(address.getHostAddress());
  }

  private static String bracketed(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  /** What the engine is told to listen on: a number without brackets. */
  String bindNumber() {
    return bind.getHostAddress();
  }
}
