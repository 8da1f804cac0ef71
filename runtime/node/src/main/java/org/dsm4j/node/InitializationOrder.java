package org.dsm4j.node;

import java.util.LinkedHashSet;
import java.util.Set;
import org.dsm4j.core.naming.Names;
import org.dsm4j.node.engine.Engine;
import org.dsm4j.node.sync.NodeLock;

/**
 * What makes the effects of a class's shared initializer visible on other nodes. The control plane
 * decides who runs it and tells the others of its end, but carries no write notices; so the
 * initializer's end gives back a lock of the class, and whoever is told of that end takes it first.
 * Thread-safe.
 */
final class InitializationOrder {
  private final Engine engine;
  private final Names names;
  private final ThreadLocal<Running> running = ThreadLocal.withInitial(Running::new);

  /** What the calling thread runs, and what it went on without. */
  private static final class Running {
    int depth;
    final Set<String> halfMade = new LinkedHashSet<>();
  }

  InitializationOrder(Engine engine, Names names) {
    this.engine = engine;
    this.names = names;
  }

  /** The calling thread runs the initializer of a class. */
  void begins() {
    running.get().depth++;
  }

  /**
   * The calling thread, in an initializer, goes on with a class that is not complete, since
   * initializers wait for each other in a circle.
   */
  void goesOnWithout(String owner) {
    Running thread = running.get();
    if (thread.depth > 0) {
      thread.halfMade.add(owner);
    }
  }

  /** Before the manager is told that the calling thread has run the initializer of a class. */
  void publish(String owner) {
    pass(owner);
  }

  /** After the manager has said that the initializer of a class was run on some node. */
  void see(String owner) {
    pass(owner);
  }

  /**
   * The calling thread is through with an initializer. With its outermost one it only is when what
   * it went on without is complete, so that it sees that now.
   */
  void ends() {
    Running thread = running.get();
    if (--thread.depth > 0) {
      return;
    }
    running.remove();
    thread.halfMade.forEach(this::see);
  }

  private void pass(String owner) {
    String name = "init:" + owner;
    NodeLock lock = new NodeLock(engine, name, names.id(name));
    lock.lock();
    lock.unlock();
  }
}
