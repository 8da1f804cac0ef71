package org.dsm4j.node.control;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a connection of the control plane alive and ends it when the other side has been silent for
 * too long. The bound is generous: a side may stop for a garbage collection, and a dead node is
 * found by the engines' heartbeats long before.
 */
final class Liveness extends ChannelDuplexHandler {
  /** A side that has said nothing for this long is gone. */
  static final long SILENCE_SECONDS = 40;

  private static final long ALIVE_SECONDS = 5;

  private final Object alive;

  private Liveness(Object alive) {
    this.alive = alive;
  }

  static void addTo(ChannelPipeline pipeline, Object alive) {
    pipeline.addLast(new IdleStateHandler(SILENCE_SECONDS, ALIVE_SECONDS, 0, TimeUnit.SECONDS));
    pipeline.addLast(new Liveness(alive));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof IdleStateEvent idle) {
      if (idle.state() == IdleState.WRITER_IDLE) {
        context.writeAndFlush(alive);
      } else {
        throw new SilentException();
      }
    } else {
      super.userEventTriggered(context, event);
    }
  }

  /** The other side was silent for too long. */
  static final class SilentException extends Exception {
    private static final long serialVersionUID = 1L;

    SilentException() {
      super("it was silent for " + SILENCE_SECONDS + " s");
    }
  }
}
