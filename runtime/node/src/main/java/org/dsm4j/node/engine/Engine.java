package org.dsm4j.node.engine;

import static org.dsm4j.node.engine.Memory.UNSAFE;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.dsm4j.DsmException;

/**
 * One native engine. Offsets are bytes from the start of the space. Thread-safe; after {@link
 * #close} nothing but close may be called.
 */
public final class Engine implements AutoCloseable {
  private static final int TRY = 1;
  private static final int NO_NATIVE_WAIT = 2;
  private static final long CLOSE_WAIT_MILLIS = 5_000;

  /** How long a party of a barrier waits before it asks whether it still should. */
  private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final LibDsm library;
  private final long engine;
  private final long base;
  private final long counters;
  private final Waits waits = new Waits();
  private final Completions completions;
  private final FailedWaits failedWaits;
  private final Atomics atomics;
  private final Slots slots = new Slots(waits);
  private boolean closed;

  private Engine(LibDsm library, long engine, EngineOptions options, LossListener listener) {
    this.library = library;
    this.engine = engine;
    this.base = library.dsm_engine_base(engine);
    this.counters = library.dsm_engine_counters(engine);
    this.failedWaits = new FailedWaits(options.exitOnLoss(), options.graceNanos());
    this.atomics = new Atomics(library, engine, base, options.nodes() == 1, failedWaits);
    this.completions =
        new Completions(
            library,
            engine,
            waits,
            peer -> {
              failedWaits.processEnds();
              listener.lost(peer);
            });
    completions.start();
  }

  /**
   * Maps the space and listens for peers.
   *
   * @throws DsmException with the engine's reason
   */
  public static Engine create(
      LibDsm library, EngineOptions options, EngineNetwork network, LossListener listener) {
    long struct = options.write();
    long net = network.write();
    long out = UNSAFE.allocateMemory(8);
    try {
      int result = library.dsm_engine_create_at(struct, net, out);
      if (result != Status.OK) {
        throw failure(library, "the engine could not start", result);
      }
      return new Engine(library, UNSAFE.getLong(out), options, listener);
    } finally {
      UNSAFE.freeMemory(out);
      EngineNetwork.free(net);
      UNSAFE.freeMemory(struct);
    }
  }

  private static DsmException failure(LibDsm library, String what, int result) {
    String reason = library.dsm_last_error();
    return new DsmException(
        what + ": " + (reason == null || reason.isEmpty() ? Status.describe(result) : reason));
  }

  /**
   * What the last failed call of this thread says; for statuses that came from a call just made.
   */
  public String reason(int status) {
    String text = library.dsm_last_error();
    return text == null || text.isEmpty() ? Status.describe(status) : text;
  }

  /** TCP port of the data plane. */
  public int port() {
    return library.dsm_engine_port(engine);
  }

  /** Address of offset 0. */
  public long base() {
    return base;
  }

  /**
   * Connects with all other nodes.
   *
   * @param addresses host:port by node, comma-separated
   */
  public void connect(String addresses, long timeoutNanos) {
    int result = library.dsm_engine_connect(engine, addresses, timeoutNanos);
    if (result != Status.OK) {
      throw failure(library, "the nodes could not be connected with each other", result);
    }
  }

  /** All counters as they are now; index: {@link Counters}. */
  public long[] counters() {
    return Counters.read(counters);
  }

  // ---- waits --------------------------------------------------------------------------------

  /** Locks; uninterruptibly. @return the status that the wait ended with */
  public int lock(long lock, Object blocker) {
    TicketCell cell = TicketCell.ofCurrentThread();
    int status = acquire(lock, waitFlags(), cell);
    while (status == Status.FULL && slots.awaitRoom()) {
      status = acquire(lock, waitFlags(), cell);
    }
    return ended(status != Status.PENDING ? status : awaitEnd(cell.ticket(), blocker));
  }

  /** Locks. @throws InterruptedException if interrupted while waiting; then the lock is not held */
  public int lockInterruptibly(long lock, Object blocker) throws InterruptedException {
    checkInterrupt();
    TicketCell cell = TicketCell.ofCurrentThread();
    int status = acquire(lock, waitFlags(), cell);
    while (status == Status.FULL && slots.awaitRoom()) {
      checkInterrupt();
      status = acquire(lock, waitFlags(), cell);
    }
    return ended(
        status != Status.PENDING ? status : awaitInterruptibly(cell.ticket(), blocker, false, 0));
  }

  /** Locks unless somebody holds it. @return also {@link Status#BUSY} */
  public int tryLock(long lock, Object blocker) {
    TicketCell cell = TicketCell.ofCurrentThread();
    int status = acquire(lock, TRY | waitFlags(), cell);
    return ended(status != Status.PENDING ? status : awaitEnd(cell.ticket(), blocker));
  }

  /** Locks within a time. @return also {@link Status#CANCELLED}: the time was over */
  public int tryLock(long lock, Object blocker, long nanos) throws InterruptedException {
    checkInterrupt();
    if (nanos <= 0) {
      int status = tryLock(lock, blocker);
      return status == Status.BUSY ? Status.CANCELLED : status;
    }
    long deadline = System.nanoTime() + nanos;
    TicketCell cell = TicketCell.ofCurrentThread();
    int status = acquire(lock, waitFlags(), cell);
    while (status == Status.FULL && slots.awaitRoom()) {
      checkInterrupt();
      if (deadline - System.nanoTime() <= 0) {
        return Status.CANCELLED;
      }
      status = acquire(lock, waitFlags(), cell);
    }
    return ended(
        status != Status.PENDING
            ? status
            : awaitInterruptibly(cell.ticket(), blocker, true, deadline));
  }

  private int acquire(long lock, int flags, TicketCell cell) {
    return library.dsm_lock(engine, lock, Threads.current(), flags, cell.address());
  }

  /** Gives a lock back. */
  public int unlock(long lock) {
    return library.dsm_unlock(engine, lock, Threads.current());
  }

  /** How many times the calling thread holds a lock. */
  public int holds(long lock) {
    return library.dsm_lock_holds(engine, lock, Threads.current());
  }

  // ---- conditions ---------------------------------------------------------------------------

  /**
   * Gives a lock up, all levels of it, and waits for a signal of a condition of it; then has the
   * lock again, as deep. Seldom, when this node has no room for another waiter, it returns {@link
   * Status#OK} for no reason, as {@code Object.wait} may.
   *
   * @param nanos negative = for ever
   * @return {@link Status#OK}, or {@link Status#ORPHANED}: signalled; {@link Status#CANCELLED}: the
   *     time was over before; {@link Status#NOT_OWNER}: the thread does not hold the lock. In these
   *     cases it holds it as before; with others, of the end of a node, it may hold it no more
   * @throws InterruptedException if interrupted before a signal came; the lock is held
   */
  public int await(long lock, long condition, Object blocker, long nanos)
      throws InterruptedException {
    boolean timed = nanos >= 0;
    return await(lock, condition, blocker, true, timed, timed ? System.nanoTime() + nanos : 0);
  }

  /** The same, for ever and whatever interrupts it: the flag is kept. */
  public int awaitUninterruptibly(long lock, long condition, Object blocker) {
    try {
      return await(lock, condition, blocker, false, false, 0);
    } catch (InterruptedException impossible) {
      throw new AssertionError("an uninterruptible wait was interrupted", impossible);
    }
  }

  /**
   * Only the lock's home knows whether a signal came before the time was over or the thread was
   * interrupted. So neither ends the wait: they take it back, and what the wait then ends with is
   * what came first.
   */
  private int await(
      long lock,
      long condition,
      Object blocker,
      boolean interruptible,
      boolean timed,
      long deadline)
      throws InterruptedException {
    TicketCell cell = TicketCell.ofCurrentThread();
    int status =
        library.dsm_wait(
            engine, lock, condition, Threads.current(), waitFlags(), cell.address(), 0);
    if (status == Status.FULL) {
      return standAside(lock, blocker, interruptible, timed, deadline);
    }
    if (status != Status.PENDING) {
      return ended(status);
    }
    long ticket = cell.ticket();
    boolean interrupted = false;
    if (!waits.await(ticket, blocker, interruptible, timed, deadline)) {
      interrupted = Thread.interrupted();
      library.dsm_cancel(engine, ticket);
      waits.await(ticket, blocker, false, false, 0);
    }
    status = waits.take(ticket);
    if (interrupted) {
      throwOrKeep(status == Status.CANCELLED);
    }
    return ended(status);
  }

  private static void throwOrKeep(boolean asException) throws InterruptedException {
    if (asException) {
      throw new InterruptedException();
    }
    Thread.currentThread().interrupt();
  }

  /** Lets others have the lock for a little, without a place among its waiters. */
  private int standAside(
      long lock, Object blocker, boolean interruptible, boolean timed, long deadline)
      throws InterruptedException {
    if (!slots.mayBecomeFree()) {
      return Status.FULL;
    }
    int depth = holds(lock);
    if (depth == 0) {
      return Status.NOT_OWNER;
    }
    for (int level = 0; level < depth; level++) {
      unlock(lock);
    }
    boolean interrupted = slots.pause() && interruptible;
    int status = Status.OK;
    for (int level = 0; level < depth; level++) {
      int again = lock(lock, blocker);
      if (again < 0) {
        return again;
      }
      status = Math.max(status, again);
    }
    if (interrupted) {
      Thread.interrupted();
      throw new InterruptedException();
    }
    return timed && deadline - System.nanoTime() <= 0 ? Status.CANCELLED : status;
  }

  /** Ends the longest wait for a condition of a lock that the calling thread holds, or all. */
  public int signal(long lock, long condition, boolean all) {
    return library.dsm_signal(engine, lock, condition, Threads.current(), all ? 1 : 0);
  }

  // ---- barriers -----------------------------------------------------------------------------

  /** Waits at a barrier; uninterruptibly. */
  public int barrier(long barrier, int parties, Object blocker) {
    TicketCell cell = TicketCell.ofCurrentThread();
    int status = library.dsm_barrier(engine, barrier, parties, waitFlags(), cell.address());
    return ended(status != Status.PENDING ? status : awaitEnd(cell.ticket(), blocker));
  }

  /**
   * Waits at a barrier.
   *
   * @param nanos negative = for ever
   * @param over asked now and then: whether there is nothing to wait for any more. Then the wait is
   *     taken back, which breaks the barrier
   * @return also {@link Status#CANCELLED}: the time was over, or the barrier
   */
  public int barrierInterruptibly(
      long barrier, int parties, Object blocker, long nanos, BooleanSupplier over)
      throws InterruptedException {
    checkInterrupt();
    boolean timed = nanos >= 0;
    long deadline = System.nanoTime() + nanos;
    TicketCell cell = TicketCell.ofCurrentThread();
    int status = library.dsm_barrier(engine, barrier, parties, waitFlags(), cell.address());
    if (status != Status.PENDING) {
      return ended(status);
    }
    long ticket = cell.ticket();
    while (!over.getAsBoolean()) {
      long now = System.nanoTime();
      long next = now + ASK_NANOS;
      boolean last = timed && deadline - next <= 0;
      if (waits.await(ticket, blocker, true, true, last ? deadline : next)) {
        return ended(waits.take(ticket));
      }
      if (last || Thread.currentThread().isInterrupted()) {
        break;
      }
    }
    return ended(takeBack(ticket, blocker));
  }

  private int ended(int status) {
    if (status < 0 || status == Status.ORPHANED) {
      failedWaits.holdIfProcessEnds(status);
    }
    return status;
  }

  private static int waitFlags() {
    return Threads.currentIsVirtual() ? NO_NATIVE_WAIT : 0;
  }

  private static void checkInterrupt() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private int awaitEnd(long ticket, Object blocker) {
    waits.await(ticket, blocker, false, false, 0);
    return waits.take(ticket);
  }

  /**
   * Interruption and time-outs are decided by the engine's answer to the cancellation, at one
   * place.
   */
  private int awaitInterruptibly(long ticket, Object blocker, boolean timed, long deadline)
      throws InterruptedException {
    if (waits.await(ticket, blocker, true, timed, deadline)) {
      return waits.take(ticket);
    }
    return takeBack(ticket, blocker);
  }

  private int takeBack(long ticket, Object blocker) throws InterruptedException {
    if (library.dsm_cancel(engine, ticket) != Status.CANCELLED) {
      return awaitEnd(ticket, blocker);
    }
    waits.forget(ticket);
    checkInterrupt();
    return Status.CANCELLED;
  }

  // ---- memory -------------------------------------------------------------------------------

  /** Atomic operations on RELEASE memory. */
  public Atomics atomics() {
    return atomics;
  }

  /** Whether the page at that offset is kept by release consistency. */
  public boolean isRelease(long offset) {
    return library.dsm_release_is(engine, offset) == 1;
  }

  /** Fetches the pages of a range in native state. */
  public void touch(long offset, long length, boolean write) {
    check("touch", library.dsm_touch(engine, offset, length, write ? 1 : 0));
  }

  /** Lets this node's copies of a range go, so that the next access has what their homes have. */
  public void refresh(long offset, long length) {
    check("refresh", library.dsm_refresh(engine, offset, length));
  }

  /** Gives the memory of whole pages back. */
  public void discard(long offset, long length) {
    check("discard", library.dsm_discard(engine, offset, length));
  }

  /**
   * One bit a page, lowest bit of a byte first: whether this node owns it exclusively, or is the
   * home of a RELEASE page.
   */
  public byte[] ownedPages(long offset, long pages) {
    byte[] bits = new byte[Math.toIntExact((pages + 7) / 8)];
    if (pages == 0) {
      return bits;
    }
    long states = UNSAFE.allocateMemory(pages);
    try {
      check("page states", library.dsm_page_states(engine, offset, pages, states));
      for (int page = 0; page < pages; page++) {
        int owned = (UNSAFE.getByte(states + page) >> 2) & 1;
        bits[page >> 3] |= (byte) (owned << (page & 7));
      }
      return bits;
    } finally {
      UNSAFE.freeMemory(states);
    }
  }

  private void check(String what, int result) {
    if (result < 0) {
      throw failure(library, what + " failed", result);
    }
  }

  // ---- end ----------------------------------------------------------------------------------

  /** Says goodbye to all peers; pages are still served. */
  public void leave() {
    library.dsm_engine_leave(engine);
  }

  /** The control plane has learnt that a peer is dead. */
  public void peerLost(int peer, String reason) {
    library.dsm_engine_peer_lost(engine, peer, reason);
  }

  /** Unless the process has ended by itself by then, the service thread ends it. */
  public void exitBy(int status, long afterNanos) {
    failedWaits.processEnds();
    library.dsm_engine_exit_by(engine, status, afterNanos);
  }

  /** Unmaps the space. No thread may touch it any more. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    library.dsm_engine_stop(engine);
    // The thread may stand between two calls, or not have begun: it must be through before the
    // memory that it reads is gone.
    if (completions.awaitEnd(CLOSE_WAIT_MILLIS)) {
      library.dsm_engine_close(engine);
    }
  }

  // ---- measuring ----------------------------------------------------------------------------

  /** Pins the calling thread to a core; -1 unpins. */
  public void pin(int core) {
    int result = library.dsm_pin(core);
    if (result != Status.OK) {
      throw new IllegalArgumentException("core " + core + ": " + reason(result));
    }
  }

  /** A listener for the raw exchange: {file descriptor, port}. */
  public int[] rawListen() {
    long port = UNSAFE.allocateMemory(8);
    try {
      UNSAFE.putLong(port, 0);
      int descriptor = library.dsm_raw_listen(port);
      check("listening for the raw exchange", descriptor);
      return new int[] {descriptor, UNSAFE.getInt(port)};
    } finally {
      UNSAFE.freeMemory(port);
    }
  }

  /** Serves one client of the raw exchange until it closes. */
  public void rawServe(int descriptor, int answerBytes, boolean polling, long timeoutNanos)
      throws TimeoutException {
    int result = library.dsm_raw_serve(descriptor, answerBytes, polling ? 1 : 0, timeoutNanos);
    if (result == Status.TIMEOUT) {
      throw new TimeoutException(
          "no client of the raw exchange within "
              + TimeUnit.NANOSECONDS.toMillis(timeoutNanos)
              + " ms");
    }
    check("the raw exchange", result);
  }

  /** Times of the raw exchange in ns. */
  public long[] rawMeasure(
      String address, int answerBytes, boolean polling, int warmup, int rounds) {
    long out = UNSAFE.allocateMemory(Math.max(1, rounds) * 8L);
    try {
      check(
          "the raw exchange",
          library.dsm_raw_measure(address, answerBytes, polling ? 1 : 0, warmup, rounds, out));
      long[] times = new long[rounds];
      for (int i = 0; i < rounds; i++) {
        times[i] = UNSAFE.getLong(out + i * 8L);
      }
      return times;
    } finally {
      UNSAFE.freeMemory(out);
    }
  }
}
