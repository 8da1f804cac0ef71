package org.dsm4j.node;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.dsm4j.core.allocation.Geometry;
import org.dsm4j.core.message.Protocol;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;
import org.dsm4j.core.naming.Names;
import org.dsm4j.node.auth.ClusterSecret;
import org.dsm4j.node.auth.Plane;
import org.dsm4j.node.control.ControlClient;
import org.dsm4j.node.control.ManagerConfig;
import org.dsm4j.node.control.ManagerServer;
import org.dsm4j.node.control.NodeIdentity;
import org.dsm4j.node.engine.Engine;
import org.dsm4j.node.engine.EngineNetwork;
import org.dsm4j.node.engine.EngineOptions;
import org.dsm4j.node.engine.Memory;
import org.dsm4j.node.engine.NativeLibrary;
import org.dsm4j.node.lifecycle.Lifecycle;
import org.dsm4j.node.logging.Logs;
import org.dsm4j.node.memory.Blocks;

/**
 * The steps by which a node joins its cluster, in their order; a step that fails takes the earlier
 * ones back.
 */
final class Joining {
  private static final long DEFAULT_SPACE_BYTES = 1L << 40;
  private static final long HOME_BLOCK_PAGES = 16;

  /** The address of a cluster of one, which nobody uses. */
  private static final String LOOPBACK = "127.0.0.1";

  /** The last step of leaving: everybody has got the manager's last message. */
  private static final long ALL_GONE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final NodeConfig config;
  private final Geometry geometry;
  private final Events events = new Events();
  private ManagerServer manager;
  private Engine engine;
  private ControlClient control;

  private Joining(NodeConfig config) {
    this.config = config;
    long space = config.spaceBytes() == 0 ? DEFAULT_SPACE_BYTES : config.spaceBytes();
    long page = Memory.pageBytes();
    this.geometry = new Geometry(space, space / 2 & -page, page, config.nodes());
  }

  static Joined join(NodeConfig config) {
    Logs.level(config.logLevel());
    Joining joining = new Joining(config);
    try {
      return config.managerHost() == null ? joining.alone() : joining.withOthers();
    } catch (RuntimeException | Error e) {
      joining.takeBack();
      throw e;
    }
  }

  private void startEngine(EngineNetwork network) {
    try {
      engine = Engine.create(NativeLibrary.get(), options(), network, events);
    } finally {
      if (network.key() != null) {
        Arrays.fill(network.key(), (byte) 0);
      }
    }
  }

  private EngineNetwork dataPlane(Addresses own) {
    ClusterSecret secret = config.network().secret();
    return new EngineNetwork(
        own.bindNumber(),
        config.network().port(),
        secret == null ? null : secret.key(Plane.DATA, config.cluster()));
  }

  private EngineOptions options() {
    int cores = config.coresFree();
    if (cores < 0) {
      cores = Runtime.getRuntime().availableProcessors() / config.nodes();
    }
    return new EngineOptions(
        config.node(),
        config.nodes(),
        Names.hash(config.cluster()),
        config.base(),
        geometry.spaceBytes(),
        geometry.arenaFirstByte(),
        HOME_BLOCK_PAGES,
        config.spinNanos(),
        cores,
        config.nativeWaitNanos(),
        config.hold().toNanos(),
        config.silence().toNanos(),
        config.maxMappings(),
        config.ownsProcess(),
        config.endTimeout().toNanos(),
        config.pager(),
        config.twins(),
        config.migrateAfter());
  }

  private Joined alone() {
    startEngine(EngineNetwork.LOOPBACK);
    control = ControlClient.alone(config.cluster(), events, config.requestTimeout().toNanos());
    control.join(request(LOOPBACK), config.joinTimeout().toNanos());
    control.connected(config.joinTimeout().toNanos());
    return joined(null);
  }

  private Joined withOthers() {
    long start = System.nanoTime();
    Addresses own = Addresses.of(config.network(), config.managerHost());
    int port = config.managerPort();
    if (config.managerHere()) {
      manager = ManagerServer.start(managerConfig());
      port = manager.port();
    }
    startEngine(dataPlane(own));
    control =
        ControlClient.connect(
            config.managerHost(),
            port,
            new NodeIdentity(
                config.node(), config.cluster(), config.network().secret(), config.network().tls()),
            events,
            config.requestTimeout().toNanos(),
            left(start),
            config.ownsProcess());
    ToNode.Addresses addresses = control.join(request(own.advertised()), left(start));
    events.managerNode = addresses.managerNode();
    engine.connect(
        addresses.addresses().stream().map(Addresses::resolve).collect(Collectors.joining(",")),
        left(start));
    Lifecycle lifecycle = null;
    if (config.nodes() > 1) {
      lifecycle =
          new Lifecycle(
              config.node(), config.ownsProcess(), config.endTimeout().toNanos(), engine, control);
    }
    Joined joined = joined(lifecycle);
    control.connected(left(start));
    if (lifecycle != null) {
      lifecycle.register(this::leave);
    }
    return joined;
  }

  private ManagerConfig managerConfig() {
    String bind = config.network().bind();
    return new ManagerConfig(
        bind == null ? config.managerHost() : bind,
        config.managerPort(),
        config.nodes(),
        config.node(),
        config.cluster(),
        config.network().secret(),
        config.network().tls(),
        config.managerPortFile(),
        config.joinTimeout(),
        config.initTimeout(),
        config.logLevel());
  }

  private Joined joined(Lifecycle lifecycle) {
    Blocks blocks = new Blocks(engine, control);
    events.start(engine, geometry, blocks, lifecycle, config.node());
    return new Joined(geometry, engine, control, blocks, manager, lifecycle);
  }

  private ToManager.Join request(String host) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("home-block", Long.toString(HOME_BLOCK_PAGES));
    settings.put("silence", config.silence().toString());
    settings.put("twins", Long.toString(config.twins()));
    settings.put("migrate-after", Long.toString(config.migrateAfter()));
    if (config.base() != 1) {
      settings.put("base", "0x" + Long.toHexString(engine.base()));
    }
    return new ToManager.Join(
        Protocol.VERSION,
        config.cluster(),
        config.node(),
        config.nodes(),
        geometry.spaceBytes(),
        geometry.arenaFirstByte(),
        geometry.pageBytes(),
        settings,
        config.application(),
        host + ":" + engine.port());
  }

  /**
   * What is left of the bound; never nothing, since the manager, whose bound it is too, says who is
   * missing.
   */
  private long left(long start) {
    long left = config.joinTimeout().toNanos() - (System.nanoTime() - start);
    return Math.max(left, TimeUnit.MILLISECONDS.toNanos(1));
  }

  private void leave() {
    control.close();
    if (manager != null) {
      manager.awaitAllGone(ALL_GONE_NANOS);
    }
  }

  private void takeBack() {
    if (control != null) {
      control.close();
    }
    if (manager != null) {
      manager.close();
    }
    if (engine != null) {
      engine.close();
    }
  }
}
