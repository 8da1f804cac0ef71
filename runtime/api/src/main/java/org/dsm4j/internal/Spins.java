package org.dsm4j.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What loops wait for that do nothing but read plain shared variables until another thread changes
 * them. Such a read sees another node's write only after synchronization, and may see it before it
 * can see what was written earlier. So a loop that has read asks all other nodes to make known what
 * they have written, learns of it, and only then believes what it read: it leaves with a view that
 * is no older than that of the node that let it go, and if it stays, it reads anew.
 *
 * <p>Each node has a lock and a thread for that; the thread takes the lock whenever somebody wants
 * to know, and giving it up publishes what the node's threads have written. Thread-safe.
 */
public final class Spins {
  private static final int READY = 0;
  private static final int WANTED = 1;
  private static final int DONE = 2;

  /** A thread that comes back so soon is in the same loop still. */
  private static final long SAME_LOOP = TimeUnit.MICROSECONDS.toNanos(20);

  /** Asking costs the others time that they may need for what is waited for. */
  private static final long PAUSE_MAX = TimeUnit.MILLISECONDS.toNanos(2);

  private static final long PAUSE_MIN = TimeUnit.MICROSECONDS.toNanos(20);

  private static final boolean MANY =
      Runtimes.currentOrNull() != null && Runtimes.current().nodes() > 1;

  private static final SharedState[] NODES = states();

  /** When the thread last asked, and how long it paused before that, in ns. */
  private static final ThreadLocal<long[]> ASKED = ThreadLocal.withInitial(() -> new long[2]);

  private static boolean begun;

  private Spins() {}

  private static SharedState[] states() {
    SharedState[] states = new SharedState[MANY ? Runtimes.current().nodes() : 0];
    for (int node = 0; node < states.length; node++) {
      states[node] = new SharedState("org.dsm4j.spins." + node, Spins.class, 0, 0, 0);
    }
    return states;
  }

  /** A class with such a loop is loaded: from now on this node answers. */
  public static synchronized void begin() {
    if (!MANY || begun) {
      return;
    }
    begun = true;
    Thread answers = new Thread(Spins::answers, "dsm-spins");
    answers.setDaemon(true);
    answers.start();
  }

  private static void answers() {
    SharedState mine = NODES[Runtimes.current().node()];
    mine.lock().lock();
    try {
      mine.set(READY, 1);
      while (true) {
        if (mine.get(DONE) < mine.get(WANTED)) {
          mine.set(DONE, mine.get(WANTED));
          mine.changed().signalAll();
        }
        mine.changed().awaitUninterruptibly();
      }
    } catch (RuntimeException end) {
      return; // of the cluster: the node tells
    } finally {
      if (mine.lock().isHeldByCurrentThread()) {
        mine.lock().unlock();
      }
    }
  }

  /** A loop has read what it waits for, and is about to decide whether to go on. */
  public static void seen() {
    if (MANY) {
      pause();
      ask();
    }
  }

  private static void pause() {
    long[] asked = ASKED.get();
    if (System.nanoTime() - asked[0] > SAME_LOOP) {
      asked[1] = 0;
    } else {
      asked[1] = Math.min(PAUSE_MAX, Math.max(PAUSE_MIN, asked[1] * 3 / 2));
      LockSupport.parkNanos(asked[1]);
    }
  }

  private static void ask() {
    int self = Runtimes.current().node();
    int last = self == NODES.length - 1 ? self - 1 : NODES.length - 1;
    long[] answers = new long[NODES.length];
    for (int node = 0; node < NODES.length; node++) {
      if (node != self) {
        answers[node] = answer(NODES[node], 0, node == last);
      }
    }
    for (int node = 0; node < last; node++) {
      if (answers[node] > 0) {
        answer(NODES[node], answers[node], true);
      }
    }
    ASKED.get()[0] = System.nanoTime();
  }

  /**
   * Wants an answer of a node, unless it is wanted already, and waits for it.
   *
   * @param wanted which, if it is wanted; else 0
   * @return which, for who does not wait; 0 if the node has none to give
   */
  private static long answer(SharedState node, long wanted, boolean waits) {
    long answer = wanted;
    node.lock().lock();
    try {
      if (node.get(READY) == 0) {
        return 0;
      }
      if (answer == 0) {
        answer = Math.max(node.get(WANTED), node.get(DONE) + 1);
        if (answer > node.get(WANTED)) {
          node.set(WANTED, answer);
          node.changed().signalAll();
        }
      }
      while (waits && node.get(DONE) < answer) {
        node.changed().awaitUninterruptibly();
      }
      return answer;
    } finally {
      node.lock().unlock();
    }
  }
}
