package org.dsm4j.node.control;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;

/** One daemon thread each for the manager and for a node's side of the control plane. */
final class EventLoops {
  /** Messages are few and small: no arenas. */
  static final ByteBufAllocator ALLOCATOR;

  static {
    NettyLog.install();
    ALLOCATOR = new UnpooledByteBufAllocator(false);
  }

  private EventLoops() {}

  static EventLoopGroup create(String threadName) {
    return new MultiThreadIoEventLoopGroup(
        1,
        runnable -> {
          Thread thread = new Thread(null, runnable, threadName);
          thread.setDaemon(true);
          return thread;
        },
        NioIoHandler.newFactory());
  }
}
