package org.dsm4j.node.sync;

import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import org.dsm4j.DsmLock;
import org.dsm4j.core.naming.Names;
import org.dsm4j.node.engine.Engine;
import org.dsm4j.node.engine.Status;

/** A named lock. It is also what a thread dump says its waiters are parked for. */
public final class NodeLock implements DsmLock {
  private final Engine engine;
  private final String name;
  private final long id;

  /** Conditions without a name have these numbers; named ones, and monitors (0), have others. */
  private final AtomicInteger conditions = new AtomicInteger();

  private final ConcurrentHashMap<String, NodeCondition> named = new ConcurrentHashMap<>();

  /** The lock of that number. */
  public NodeLock(Engine engine, String name, long id) {
    this.engine = engine;
    this.name = name;
    this.id = id;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void lock() {
    LockStatus.requireGranted(engine, id, this, engine.lock(id, this));
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    LockStatus.requireGranted(engine, id, this, engine.lockInterruptibly(id, this));
  }

  @Override
  public boolean tryLock() {
    int status = engine.tryLock(id, this);
    if (status == Status.BUSY) {
      return false;
    }
    LockStatus.requireGranted(engine, id, this, status);
    return true;
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    int status = engine.tryLock(id, this, unit.toNanos(time));
    if (status == Status.CANCELLED) {
      return false;
    }
    LockStatus.requireGranted(engine, id, this, status);
    return true;
  }

  @Override
  public void unlock() {
    LockStatus.requireReleased(this, engine.unlock(id));
  }

  @Override
  public boolean isHeldByCurrentThread() {
    return engine.holds(id) > 0;
  }

  @Override
  public Condition newCondition() {
    int number = conditions.incrementAndGet();
    return new NodeCondition(engine, this, id, number, "number " + number);
  }

  @Override
  public Condition condition(String condition) {
    Objects.requireNonNull(condition, "condition");
    return named.computeIfAbsent(
        condition, key -> new NodeCondition(engine, this, id, Names.hash(key), "\"" + key + "\""));
  }

  @Override
  public String toString() {
    return "DsmLock \"" + name + "\"";
  }
}
