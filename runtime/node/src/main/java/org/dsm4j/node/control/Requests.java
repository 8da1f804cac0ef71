package org.dsm4j.node.control;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.dsm4j.DsmException;
import org.dsm4j.core.message.ToNode;

/** Requests that wait for their answers; every wait is bounded. Thread-safe. */
final class Requests {
  private final ConcurrentHashMap<Long, CompletableFuture<ToNode>> waiting =
      new ConcurrentHashMap<>();
  private final AtomicLong next = new AtomicLong(1);
  private volatile String broken;

  /** The number of a new request. */
  long open() {
    long request = next.getAndIncrement();
    waiting.put(request, new CompletableFuture<>());
    return request;
  }

  /** An answer has come. @return false if nobody waits for it (any more) */
  boolean answer(long request, ToNode message) {
    CompletableFuture<ToNode> future = waiting.get(request);
    return future != null && future.complete(message);
  }

  /** The link is gone: nobody will answer. */
  void fail(String reason) {
    broken = reason;
    waiting.values().forEach(f -> f.completeExceptionally(new DsmException(reason)));
  }

  /**
   * Waits for an answer, whatever interrupts it (the flag is kept).
   *
   * @param what what was asked, for messages: {@code "allocating x"}
   * @throws DsmException if the answer is a failure, does not come in time, or the manager is gone
   */
  ToNode await(long request, String what, long nanos) {
    CompletableFuture<ToNode> future = waiting.get(request);
    if (broken != null) {
      future.completeExceptionally(new DsmException(broken));
    }
    try {
      ToNode answer = awaitUninterruptibly(future, System.nanoTime() + nanos);
      if (answer instanceof ToNode.Failure failure) {
        throw new DsmException(failure.message());
      }
      return answer;
    } catch (TimeoutException e) {
      throw new DsmException(
          what
              + ": the manager did not answer within "
              + TimeUnit.NANOSECONDS.toMillis(nanos)
              + " ms; see whether it runs, or widen the setting request-timeout");
    } catch (ExecutionException e) {
      throw new DsmException(what + ": " + e.getCause().getMessage(), e.getCause());
    } finally {
      waiting.remove(request);
    }
  }

  private static ToNode awaitUninterruptibly(CompletableFuture<ToNode> future, long deadline)
      throws TimeoutException, ExecutionException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
