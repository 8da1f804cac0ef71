package org.dsm4j.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.dsm4j.Consistency;
import org.dsm4j.DsmBarrier;
import org.dsm4j.DsmException;
import org.dsm4j.DsmLock;
import org.dsm4j.DsmStatistics;
import org.dsm4j.SharedMemory;
import org.dsm4j.core.allocation.BumpAllocator;
import org.dsm4j.core.allocation.HeapArena;
import org.dsm4j.core.allocation.Region;
import org.dsm4j.core.message.Subject;
import org.dsm4j.core.message.ToNode;
import org.dsm4j.core.naming.Names;
import org.dsm4j.internal.DsmRuntime;
import org.dsm4j.node.control.ControlClient;
import org.dsm4j.node.engine.Counters;
import org.dsm4j.node.engine.Engine;
import org.dsm4j.node.engine.Threads;
import org.dsm4j.node.memory.Blocks;
import org.dsm4j.node.statistics.Snapshot;
import org.dsm4j.node.sync.Monitors;
import org.dsm4j.node.sync.NodeBarrier;
import org.dsm4j.node.sync.NodeLock;

/** One node of a cluster. Thread-safe. */
public final class Node implements DsmRuntime, AutoCloseable {
  private static final String ALL_NODES = "all nodes";

  private final NodeConfig config;
  private final Joined joined;
  private final Engine engine;
  private final ControlClient control;
  private final Blocks blocks;
  private final HeapArena arena;
  private final Names names = new Names();
  private final InitializationOrder initializations;
  private final Monitors monitors;
  private final PageOwners pageOwners;
  private final NodeBarrier allNodes;
  private final ConcurrentHashMap<String, NodeLock> locks = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Long> statics = new ConcurrentHashMap<>();
  private final AtomicInteger rawExchanges = new AtomicInteger();

  Node(NodeConfig config, Joined joined) {
    this.config = config;
    this.joined = joined;
    this.engine = joined.engine();
    this.control = joined.control();
    this.blocks = joined.blocks();
    this.arena = new HeapArena(joined.geometry(), config.node());
    this.initializations = new InitializationOrder(engine, names);
    this.monitors = new Monitors(engine, names);
    this.pageOwners = new PageOwners(engine.base(), joined.geometry(), control);
    this.allNodes =
        new NodeBarrier(
            engine,
            ALL_NODES,
            names.id("barrier-of:" + ALL_NODES),
            config.nodes(),
            () -> barrierMemory(ALL_NODES));
  }

  /**
   * Joins the cluster; returns when all nodes have joined and are connected with each other. The
   * caller installs the result in {@link org.dsm4j.internal.Runtimes}.
   *
   * @throws DsmException in one line: why the cluster could not be joined, and what to do
   */
  public static Node start(NodeConfig config) {
    return new Node(config, Joining.join(config));
  }

  @Override
  public int node() {
    return config.node();
  }

  @Override
  public int nodes() {
    return config.nodes();
  }

  // ---- synchronization ----------------------------------------------------------------------

  @Override
  public void barrier() {
    allNodes.awaitUninterruptibly();
  }

  @Override
  public DsmBarrier barrier(String name, int parties) {
    Objects.requireNonNull(name, "name");
    return new NodeBarrier(
        engine, name, names.id("barrier:" + name), parties, () -> barrierMemory(name));
  }

  private long barrierMemory(String name) {
    return staticsBlock("barrier:" + name, Long.BYTES, "epoch", Consistency.SEQUENTIAL);
  }

  @Override
  public DsmLock lock(String name) {
    return locks.computeIfAbsent(name, n -> new NodeLock(engine, n, names.id("lock:" + n)));
  }

  @Override
  public long nameId(String name) {
    return names.id(name);
  }

  @Override
  public void monitorEnter(long id) {
    monitors.enter(id);
  }

  @Override
  public void monitorExit(long id) {
    monitors.exit(id);
  }

  @Override
  public boolean monitorHeld(long id) {
    return monitors.held(id);
  }

  @Override
  public boolean monitorWait(long id, long timeoutNanos) throws InterruptedException {
    return monitors.await(id, timeoutNanos);
  }

  @Override
  public void monitorNotify(long id, boolean all) {
    monitors.signal(id, all);
  }

  // ---- memory -------------------------------------------------------------------------------

  @Override
  public SharedMemory allocate(String name, long bytes, Consistency mode) {
    return blocks.allocate(name, bytes, mode);
  }

  @Override
  public void free(SharedMemory memory) {
    blocks.free(memory);
  }

  @Override
  public long base() {
    return engine.base();
  }

  @Override
  public long end() {
    return engine.base() + joined.geometry().spaceBytes();
  }

  @Override
  public long allocatePages(long bytes, Consistency mode) {
    if (arena.isLarge(bytes)) {
      return engine.base() + control.allocate(Region.Kind.HEAP, "", bytes, mode, "");
    }
    long offset = arena.allocate(bytes, mode);
    if (offset == BumpAllocator.FULL) {
      throw new DsmException(
          "node "
              + node()
              + " has used up its part of the shared space for small "
              + mode
              + " objects, "
              + arena.used(mode)
              + " of "
              + joined.geometry().arena(node(), mode).bytes()
              + " bytes (freed ones are not used again); widen the setting space");
    }
    return engine.base() + offset;
  }

  @Override
  public void freeHeap(long address, long bytes) {
    control.free("a shared object", offsetOf(address, bytes), bytes);
  }

  @Override
  public void giveBack(long[] spans, boolean mayWait) {
    List<Long> offsets = new ArrayList<>(spans.length);
    for (int i = 0; i < spans.length; i += 2) {
      offsets.add(offsetOf(spans[i], spans[i + 1]));
      offsets.add(spans[i + 1]);
    }
    control.giveBack(offsets, mayWait);
  }

  @Override
  public long openRegion(String name) {
    return control.allocate(Region.Kind.REGION, name, 1, Consistency.RELEASE, "");
  }

  @Override
  public void freeRegion(String name, long number) {
    control.free("the shared region \"" + name + "\"", number, 1);
  }

  @Override
  public void touch(long address, long bytes, boolean write) {
    engine.touch(offsetOf(address, bytes), bytes, write);
  }

  @Override
  public void refresh(long address, long bytes) {
    engine.refresh(offsetOf(address, bytes), bytes);
  }

  private long offsetOf(long address, long bytes) {
    long offset = address - engine.base();
    if (offset < 0 || bytes < 0 || offset > joined.geometry().spaceBytes() - bytes) {
      throw new IllegalArgumentException(
          bytes + " bytes at 0x" + Long.toHexString(address) + " are not shared memory");
    }
    return offset;
  }

  @Override
  public int[] pageOwners(long address, long bytes) {
    offsetOf(address, bytes);
    return pageOwners.of(address, bytes);
  }

  // ---- classes ------------------------------------------------------------------------------

  @Override
  public long staticsBlock(String owner, long bytes, String fingerprint, Consistency mode) {
    String key = mode + " " + owner + " " + fingerprint;
    Long known = statics.get(key);
    if (known == null) {
      known =
          engine.base() + control.allocate(Region.Kind.STATICS, owner, bytes, mode, fingerprint);
      statics.put(key, known);
    }
    return known;
  }

  @Override
  public boolean initializationBegin(String owner) {
    ToNode.Initialization answer =
        control.initialize(owner, Threads.current(), Thread.currentThread().getName(), initNanos());
    return switch (answer.outcome()) {
      case RUN -> {
        initializations.begins();
        yield true;
      }
      case DONE -> {
        initializations.see(owner);
        yield false;
      }
      case RECURSIVE -> {
        initializations.goesOnWithout(owner);
        yield false;
      }
      case FAILED ->
          throw new ExceptionInInitializerError(
              new DsmException(
                  "the shared statics of class "
                      + owner
                      + " failed to initialize on another node: "
                      + answer.failure()));
      case TIMED_OUT -> throw new DsmException(answer.failure());
    };
  }

  @Override
  public void initializationDone(String owner, String failure) {
    initializations.publish(owner);
    try {
      control.initialized(owner, Threads.current(), failure, initNanos());
    } finally {
      initializations.ends();
    }
  }

  private long initNanos() {
    return config.initTimeout().toNanos();
  }

  // ---- statistics ---------------------------------------------------------------------------

  @Override
  public DsmStatistics statistics() {
    return Snapshot.of(
        node(),
        control.gather(Subject.COUNTERS, 0, 0).stream()
            .map(Counters::fromBytes)
            .collect(Collectors.toList()));
  }

  /** This node's counters by name, without asking the others; for a last line at the end. */
  public Map<String, Long> ownCounters() {
    return Snapshot.of(0, List.of(engine.counters())).counters();
  }

  // ---- life cycle ---------------------------------------------------------------------------

  @Override
  public void mainFailed(Throwable failure) {
    if (joined.lifecycle() != null) {
      joined.lifecycle().mainFailed(failure);
    }
  }

  @Override
  public void exitRequested(int status) {
    if (joined.lifecycle() != null) {
      joined.lifecycle().exitRequested(status);
    }
  }

  /**
   * Leaves the cluster and gives everything back; for nodes that do not own their process. No
   * thread may touch the space any more.
   */
  @Override
  public void close() {
    joined.close();
  }

  // ---- benchmarks ---------------------------------------------------------------------------

  @Override
  public long[] measureRawExchange(
      int answerBytes, boolean polling, int warmup, int rounds, long timeout, TimeUnit unit)
      throws TimeoutException {
    String key = "raw-exchange:" + rawExchanges.incrementAndGet();
    if (node() == 0) {
      int[] listener = engine.rawListen();
      control.publish(key, "127.0.0.1:" + listener[1]);
      engine.rawServe(listener[0], answerBytes, polling, unit.toNanos(timeout));
    } else if (node() == 1) {
      String address = control.awaitValue(key, unit.toNanos(timeout));
      return engine.rawMeasure(address, answerBytes, polling, warmup, rounds);
    }
    return new long[0];
  }

  @Override
  public void pinThread(int core) {
    engine.pin(core);
  }
}
