package org.dsm4j.agent.rewrite;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.dsm4j.DsmLock;

/** A lock that the nodes of a test share: the JDK's. */
final class FakeLock implements DsmLock {
  private final Map<String, Object> cluster;
  private final String name;
  private final ReentrantLock lock;
  private final AtomicInteger conditions = new AtomicInteger();

  FakeLock(Map<String, Object> cluster, String name) {
    this.cluster = cluster;
    this.name = name;
    this.lock = (ReentrantLock) cluster.computeIfAbsent("lock:" + name, key -> new ReentrantLock());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isHeldByCurrentThread() {
    return lock.isHeldByCurrentThread();
  }

  @Override
  public Condition newCondition() {
    return condition("#" + conditions.incrementAndGet());
  }

  @Override
  public Condition condition(String condition) {
    return (Condition)
        cluster.computeIfAbsent("of:" + name + ":" + condition, key -> lock.newCondition());
  }

  @Override
  public void lock() {
    lock.lock();
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    lock.lockInterruptibly();
  }

  @Override
  public boolean tryLock() {
    return lock.tryLock();
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    return lock.tryLock(time, unit);
  }

  @Override
  public void unlock() {
    lock.unlock();
  }
}
