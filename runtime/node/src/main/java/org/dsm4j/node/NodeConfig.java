package org.dsm4j.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.dsm4j.node.engine.Pager;

/**
 * Every setting of one node. Immutable; made by {@link #builder()}, whose defaults are a cluster of
 * one in this process.
 *
 * @param node this node's number, 0 to {@code nodes - 1}
 * @param nodes how many nodes the cluster has, 1 or more
 * @param cluster the cluster's name; nodes of clusters with other names are refused
 * @param managerHost where the manager listens; null = a cluster of one, without sockets
 * @param managerPort its port; 0 = a free one (only with {@code managerHere})
 * @param managerHere whether this node starts the manager itself
 * @param managerPortFile file into which the manager's port is written, atomically, once it
 *     listens; or null
 * @param base address of the shared space; 0 = the engine's default, 1 = wherever the kernel likes
 *     (several nodes in one process: tests)
 * @param spaceBytes size of the shared space; 0 = 1 TiB
 * @param silence a peer not heard of for this long is lost
 * @param joinTimeout how long all nodes may take to join and connect
 * @param requestTimeout bound of every other request to the control plane
 * @param initTimeout how long a static initializer on another node is waited for
 * @param endTimeout how long a node may take to end in good order once the cluster ends
 * @param spinNanos how long a waiter polls before it blocks: 0 = decided by {@code coresFree}, 1 =
 *     never, else nanoseconds
 * @param coresFree cores that this node may count as its own; negative = this machine's cores
 *     divided by {@code nodes}
 * @param hold how long a granted page stays; zero = the engine's default
 * @param maxMappings budget of memory mappings of the application's view; 0 = the engine's default
 * @param nativeWaitNanos how long a lock or barrier waiter blocks in native code before it parks in
 *     Java; 0 = the engine's default, 1 = not at all
 * @param pager how pages are opened and closed
 * @param twins pages of RELEASE memory with another home that this node may write between two
 *     releases; the same on every node
 * @param migrateAfter releases in a row in which one node alone wrote a page of RELEASE memory,
 *     after which the page gets its home there; -1 = never; the same on every node
 * @param application fingerprints of the program (name to value), the same on every node, compared
 *     when joining
 * @param logLevel ERROR, WARN, INFO, DEBUG or TRACE
 * @param network how it can be reached, and by whom
 * @param ownsProcess whether this node decides about the end of its process (rules 13 and 14);
 *     false in tests with several nodes in one process
 */
public record NodeConfig(
    int node,
    int nodes,
    String cluster,
    String managerHost,
    int managerPort,
    boolean managerHere,
    Path managerPortFile,
    long base,
    long spaceBytes,
    Duration silence,
    Duration joinTimeout,
    Duration requestTimeout,
    Duration initTimeout,
    Duration endTimeout,
    long spinNanos,
    int coresFree,
    Duration hold,
    long maxMappings,
    long nativeWaitNanos,
    Pager pager,
    long twins,
    long migrateAfter,
    Map<String, String> application,
    String logLevel,
    Network network,
    boolean ownsProcess) {

  /**
   * Checks ranges; the message of the exception names the setting, its value and what is allowed.
   */
  public NodeConfig {
    check(nodes >= 1 && nodes <= 4096, "nodes", nodes, "1 to 4096");
    check(node >= 0 && node < nodes, "node", node, "0 to " + (nodes - 1));
    check(managerPort >= 0 && managerPort <= 65_535, "manager port", managerPort, "0 to 65535");
    check(
        managerHost != null || nodes == 1, "manager", null, "host:port when nodes is more than 1");
    check(
        managerHost == null || managerHere || managerPort > 0,
        "manager port",
        managerPort,
        "1 to 65535 unless the manager is in this node");
    check(spaceBytes >= 0, "space", spaceBytes, "0 (1 TiB) or a number of bytes");
    check(base >= 0, "base", base, "0 (default) or a page-aligned address");
    check(positive(silence), "silence", silence, "more than 0");
    check(positive(joinTimeout), "join timeout", joinTimeout, "more than 0");
    check(positive(requestTimeout), "request timeout", requestTimeout, "more than 0");
    check(positive(initTimeout), "init timeout", initTimeout, "more than 0");
    check(positive(endTimeout), "end timeout", endTimeout, "more than 0");
    check(spinNanos >= 0, "spin", spinNanos, "0 or more nanoseconds");
    check(!hold.isNegative(), "hold", hold, "0 or more");
    check(maxMappings >= 0, "max mappings", maxMappings, "0 or more");
    check(nativeWaitNanos >= 0, "native wait", nativeWaitNanos, "0 or more nanoseconds");
    check(twins >= 1 && twins <= 1 << 30, "twins", twins, "1 to " + (1 << 30));
    check(
        migrateAfter == -1 || migrateAfter >= 1 && migrateAfter <= Integer.MAX_VALUE,
        "migrate after",
        migrateAfter,
        "-1 (never), or 1 to " + Integer.MAX_VALUE);
    Objects.requireNonNull(pager, "pager");
    Objects.requireNonNull(cluster, "cluster");
    Objects.requireNonNull(logLevel, "logLevel");
    Objects.requireNonNull(network, "network");
    application = Map.copyOf(application);
  }

  private static boolean positive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  private static void check(boolean holds, String setting, Object value, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(
          "setting " + setting + " is " + value + "; allowed: " + allowed);
    }
  }

  /** A builder with the defaults of a cluster of one. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects the settings of one node. Not thread-safe. */
  public static final class Builder {
    private int node;
    private int nodes = 1;
    private String cluster = "dsm";
    private String managerHost;
    private int managerPort;
    private boolean managerHere;
    private Path managerPortFile;
    private long base;
    private long spaceBytes;
    private Duration silence = Duration.ofSeconds(8);
    private Duration joinTimeout = Duration.ofSeconds(60);
    private Duration requestTimeout = Duration.ofSeconds(30);
    private Duration initTimeout = Duration.ofSeconds(120);
    private Duration endTimeout = Duration.ofSeconds(5);
    private long spinNanos;
    private int coresFree = -1;
    private Duration hold = Duration.ZERO;
    private long maxMappings;
    private long nativeWaitNanos;
    private Pager pager = Pager.BEST;
    private long twins = 4096;
    private long migrateAfter = 3;
    private final Map<String, String> application = new TreeMap<>();
    private String logLevel = "WARN";
    private Network network = Network.LOOPBACK;
    private boolean ownsProcess = true;

    private Builder() {}

    /** This node's number, 0 to nodes - 1. */
    public Builder node(int value) {
      node = value;
      return this;
    }

    /** How many nodes the cluster has. */
    public Builder nodes(int value) {
      nodes = value;
      return this;
    }

    /** The cluster's name. */
    public Builder cluster(String value) {
      cluster = value;
      return this;
    }

    /** Where the manager is; a null host means a cluster of one. */
    public Builder manager(String host, int port) {
      managerHost = host;
      managerPort = port;
      return this;
    }

    /** Whether this node starts the manager itself. */
    public Builder managerHere(boolean value) {
      managerHere = value;
      return this;
    }

    /** File into which the manager's port is written. */
    public Builder managerPortFile(Path value) {
      managerPortFile = value;
      return this;
    }

    /** Address of the shared space. */
    public Builder base(long value) {
      base = value;
      return this;
    }

    /** Size of the shared space in bytes. */
    public Builder spaceBytes(long value) {
      spaceBytes = value;
      return this;
    }

    /** A peer not heard of for this long is lost. */
    public Builder silence(Duration value) {
      silence = value;
      return this;
    }

    /** How long all nodes may take to join. */
    public Builder joinTimeout(Duration value) {
      joinTimeout = value;
      return this;
    }

    /** Bound of a request to the control plane. */
    public Builder requestTimeout(Duration value) {
      requestTimeout = value;
      return this;
    }

    /** How long a static initializer on another node is waited for. */
    public Builder initTimeout(Duration value) {
      initTimeout = value;
      return this;
    }

    /** How long a node may take to end in good order once the cluster ends. */
    public Builder endTimeout(Duration value) {
      endTimeout = value;
      return this;
    }

    /** Polling before blocking: 0 = automatic, 1 = never, else nanoseconds. */
    public Builder spinNanos(long value) {
      spinNanos = value;
      return this;
    }

    /** Cores this node may count as its own; negative = automatic. */
    public Builder coresFree(int value) {
      coresFree = value;
      return this;
    }

    /** How long a granted page stays. */
    public Builder hold(Duration value) {
      hold = value;
      return this;
    }

    /** Budget of memory mappings. */
    public Builder maxMappings(long value) {
      maxMappings = value;
      return this;
    }

    /** How long a waiter blocks in native code before it parks in Java. */
    public Builder nativeWaitNanos(long value) {
      nativeWaitNanos = value;
      return this;
    }

    /** How pages are opened and closed. */
    public Builder pager(Pager value) {
      pager = value;
      return this;
    }

    /** Pages of other homes that may be written between two releases. */
    public Builder twins(long value) {
      twins = value;
      return this;
    }

    /** Releases in a row by one node, after which it becomes a page's home; -1 = never. */
    public Builder migrateAfter(long value) {
      migrateAfter = value;
      return this;
    }

    /** Adds one fingerprint of the program. */
    public Builder application(String name, String fingerprint) {
      application.put(name, fingerprint);
      return this;
    }

    /** Adds fingerprints of the program. */
    public Builder application(Map<String, String> fingerprints) {
      application.putAll(fingerprints);
      return this;
    }

    /** How it can be reached, and by whom. */
    public Builder network(Network value) {
      network = value;
      return this;
    }

    /** ERROR, WARN, INFO, DEBUG or TRACE. */
    public Builder logLevel(String value) {
      logLevel = value;
      return this;
    }

    /** Whether this node decides about the end of its process. */
    public Builder ownsProcess(boolean value) {
      ownsProcess = value;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException naming the setting, its value and what is allowed
     */
    public NodeConfig build() {
      return new NodeConfig(
          node,
          nodes,
          cluster,
          managerHost,
          managerPort,
          managerHere,
          managerPortFile,
          base,
          spaceBytes,
          silence,
          joinTimeout,
          requestTimeout,
          initTimeout,
          endTimeout,
          spinNanos,
          coresFree,
          hold,
          maxMappings,
          nativeWaitNanos,
          pager,
          twins,
          migrateAfter,
          application,
          logLevel,
          network,
          ownsProcess);
    }
  }
}
