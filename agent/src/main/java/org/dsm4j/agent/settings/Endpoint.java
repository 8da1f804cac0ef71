package org.dsm4j.agent.settings;

/**
 * Where something listens.
 *
 * @param host name or address; IPv6 without its brackets
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {
  /**
   * Reads host:port; an IPv6 address stands in brackets.
   *
   * @throws IllegalArgumentException if it is not that
   */
  public static Endpoint parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException(text);
    }
    int port = Integer.parseInt(text.substring(colon + 1));
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (port < 1 || port > 65_535 || !bracketed && host.contains(":")) {
      throw new IllegalArgumentException(text);
    }
    return new Endpoint(bracketed ? host.substring(1, host.length() - 1) : host, port);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
