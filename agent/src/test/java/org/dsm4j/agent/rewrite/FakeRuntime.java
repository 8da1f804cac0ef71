package org.dsm4j.agent.rewrite;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import org.dsm4j.Consistency;
import org.dsm4j.DsmBarrier;
import org.dsm4j.DsmException;
import org.dsm4j.DsmLock;
import org.dsm4j.DsmStatistics;
import org.dsm4j.SharedMemory;
import org.dsm4j.internal.DsmRuntime;
import org.dsm4j.internal.Instances;
import org.dsm4j.internal.Regions;
import org.dsm4j.internal.SharedArrays;
import sun.misc.Unsafe;

/**
 * A node whose shared memory is this process's: the nodes of a test are class loaders, each with
 * its own copy of the bridge and of this class, and share one map of JDK types.
 */
public final class FakeRuntime implements DsmRuntime {
  private static final long SPACE_BYTES = 256L << 20;
  private static final Unsafe UNSAFE = unsafe();

  private final Map<String, Object> cluster;
  private final int node;
  private final int nodes;
  private final Map<String, FakeLock> locks = new ConcurrentHashMap<>();

  public FakeRuntime(Map<String, Object> cluster, int node, int nodes) {
    this.cluster = cluster;
    this.node = node;
    this.nodes = nodes;
    tellFreed()
        .add(
            (address, bytes) -> {
              SharedArrays.markFreed(address, bytes);
              Instances.markFreed(address);
            });
    tellRegions().add(Regions::markFreed);
    tellPages().add(Regions::markFreedPages);
    tellRetired().add(Regions::retirePages);
  }

  @SuppressWarnings("unchecked")
  private List<LongFunction<long[]>> tellRegions() {
    return (List<LongFunction<long[]>>)
        cluster.computeIfAbsent(
            "regionFreers", key -> new CopyOnWriteArrayList<LongFunction<long[]>>());
  }

  @SuppressWarnings("unchecked")
  private List<BiConsumer<Long, Long>> tellRetired() {
    return (List<BiConsumer<Long, Long>>)
        cluster.computeIfAbsent(
            "pageRetirers", key -> new CopyOnWriteArrayList<BiConsumer<Long, Long>>());
  }

  @SuppressWarnings("unchecked")
  private List<BiConsumer<Long, Long>> tellPages() {
    return (List<BiConsumer<Long, Long>>)
        cluster.computeIfAbsent(
            "pageFreers", key -> new CopyOnWriteArrayList<BiConsumer<Long, Long>>());
  }

  /** Each node's way to learn what was freed. */
  @SuppressWarnings("unchecked")
  private List<BiConsumer<Long, Long>> tellFreed() {
    return (List<BiConsumer<Long, Long>>)
        cluster.computeIfAbsent(
            "freers", key -> new CopyOnWriteArrayList<BiConsumer<Long, Long>>());
  }

  static Unsafe unsafe() {
    try {
      Field field = Unsafe.class.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      return (Unsafe) field.get(null);
    } catch (ReflectiveOperationException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override
  public int node() {
    return node;
  }

  @Override
  public int nodes() {
    return nodes;
  }

  @Override
  public void barrier() {
    CyclicBarrier barrier =
        (CyclicBarrier) cluster.computeIfAbsent("barrier", key -> new CyclicBarrier(nodes));
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException failure) {
      throw new DsmException("barrier failed", failure);
    }
  }

  @Override
  public long base() {
    return (long) cluster.computeIfAbsent("base", key -> UNSAFE.allocateMemory(SPACE_BYTES));
  }

  @Override
  public long end() {
    return base() + SPACE_BYTES;
  }

  @Override
  public long allocatePages(long bytes, Consistency mode) {
    long first = (base() + 8191) & -4096L;
    AtomicLong next = (AtomicLong) cluster.computeIfAbsent("next", key -> new AtomicLong(first));
    long pages = (bytes + 4095) & -4096L;
    long address = next.getAndAdd(pages);
    if (address + pages > end()) {
      throw new DsmException("the test's shared memory is used up");
    }
    UNSAFE.setMemory(address, pages, (byte) 0);
    return address;
  }

  @Override
  public void freeHeap(long address, long bytes) {
    UNSAFE.setMemory(address, bytes, (byte) 0);
    tellFreed().forEach(node -> node.accept(address, bytes));
    cluster.merge("freed", bytes, (one, other) -> (long) one + (long) other);
  }

  @Override
  public void giveBack(long[] spans, boolean mayWait) {
    for (int i = 0; i < spans.length; i += 2) {
      long address = spans[i];
      long bytes = spans[i + 1];
      tellRetired().forEach(node -> node.accept(address, bytes));
      UNSAFE.setMemory(address, bytes, (byte) 0);
      cluster.merge("given", bytes, (one, other) -> (long) one + (long) other);
    }
  }

  @Override
  public long openRegion(String name) {
    synchronized (cluster) {
      AtomicLong numbers =
          (AtomicLong) cluster.computeIfAbsent("regions", key -> new AtomicLong(SPACE_BYTES));
      Long known = (Long) cluster.get("region:" + name);
      if (known == null) {
        known = numbers.incrementAndGet();
        cluster.put("region:" + name, known);
      }
      return known;
    }
  }

  @Override
  public void freeRegion(String name, long number) {
    synchronized (cluster) {
      if (!cluster.remove("region:" + name, number)) {
        throw new DsmException("it has been freed already");
      }
      List<long[]> taken = new ArrayList<>();
      tellRegions().forEach(node -> taken.add(node.apply(number)));
      for (long[] spans : taken) {
        for (int i = 0; i < spans.length; i += 2) {
          long address = spans[i];
          long bytes = spans[i + 1];
          tellPages().forEach(node -> node.accept(address, bytes));
          UNSAFE.setMemory(address, bytes, (byte) 0);
        }
      }
    }
  }

  @Override
  public long staticsBlock(String owner, long bytes, String fingerprint, Consistency mode) {
    Object known = cluster.computeIfAbsent("fingerprint:" + owner, key -> fingerprint);
    if (!known.equals(fingerprint)) {
      throw new DsmException("layout of " + owner + " differs: " + known + " / " + fingerprint);
    }
    // Computing within a computation of the same map would be refused where the keys collide.
    synchronized (cluster) {
      Long block = (Long) cluster.get("statics:" + mode + owner);
      if (block == null) {
        block = allocatePages(bytes, mode);
        cluster.put("statics:" + mode + owner, block);
      }
      return block;
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public boolean initializationBegin(String owner) {
    CompletableFuture<String> mine = new CompletableFuture<>();
    CompletableFuture<String> first =
        (CompletableFuture<String>) cluster.putIfAbsent("init:" + owner, mine);
    if (first == null) {
      return true;
    }
    try {
      String failure = first.get(20, TimeUnit.SECONDS);
      if (!failure.isEmpty()) {
        throw new ExceptionInInitializerError(failure);
      }
      return false;
    } catch (InterruptedException | ExecutionException | TimeoutException failure) {
      throw new DsmException("initialization of " + owner + " does not end", failure);
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public void initializationDone(String owner, String failure) {
    ((CompletableFuture<String>) cluster.get("init:" + owner))
        .complete(failure == null ? "" : failure);
  }

  @Override
  public long nameId(String name) {
    AtomicLong ids = (AtomicLong) cluster.computeIfAbsent("ids", key -> new AtomicLong());
    return (long) cluster.computeIfAbsent("id:" + name, key -> ids.incrementAndGet());
  }

  private ReentrantLock monitor(long id) {
    return (ReentrantLock) cluster.computeIfAbsent("monitor:" + id, key -> new ReentrantLock());
  }

  private Condition condition(long id) {
    return (Condition)
        cluster.computeIfAbsent("condition:" + id, key -> monitor(id).newCondition());
  }

  @Override
  public void monitorEnter(long id) {
    cluster.merge("entered", 1L, (one, other) -> (long) one + (long) other);
    monitor(id).lock();
  }

  @Override
  public void monitorExit(long id) {
    monitor(id).unlock();
  }

  @Override
  public boolean monitorHeld(long id) {
    return monitor(id).isHeldByCurrentThread();
  }

  @Override
  public int[] pageOwners(long address, long bytes) {
    return new int[(int) ((address + bytes - 1) / 4096 - address / 4096 + 1)];
  }

  @Override
  public void touch(long address, long bytes, boolean write) {}

  @Override
  public void refresh(long address, long bytes) {}

  @Override
  public DsmBarrier barrier(String name, int parties) {
    throw new UnsupportedOperationException();
  }

  @Override
  public DsmLock lock(String name) {
    return locks.computeIfAbsent(name, key -> new FakeLock(cluster, key));
  }

  @Override
  public SharedMemory allocate(String name, long bytes, Consistency mode) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void free(SharedMemory memory) {
    throw new UnsupportedOperationException();
  }

  @Override
  public DsmStatistics statistics() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean monitorWait(long id, long timeoutNanos) throws InterruptedException {
    cluster.merge("waited", 1L, (one, other) -> (long) one + (long) other);
    if (!monitorHeld(id)) {
      throw new IllegalMonitorStateException(); // before the interrupt, as Object.wait
    }
    if (timeoutNanos == 0) {
      condition(id).await();
      return true;
    }
    return condition(id).awaitNanos(timeoutNanos) > 0;
  }

  @Override
  public void monitorNotify(long id, boolean all) {
    if (all) {
      condition(id).signalAll();
    } else {
      condition(id).signal();
    }
  }

  @Override
  public void mainFailed(Throwable failure) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void exitRequested(int status) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long[] measureRawExchange(
      int answerBytes, boolean polling, int warmup, int rounds, long timeout, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void pinThread(int core) {
    throw new UnsupportedOperationException();
  }
}
