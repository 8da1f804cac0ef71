package org.dsm4j.node.control;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import java.util.concurrent.TimeUnit;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.node.logging.Logs;
import org.slf4j.Logger;

/** One connection at the manager. What is malformed or out of turn ends it, with one line. */
final class ManagerConnection extends SimpleChannelInboundHandler<ToManager> {
  private static final Logger LOG = Logs.of(ManagerConnection.class);

  /** A connection that has not said who it is after this long is ended. */
  private static final long INTRODUCTION_SECONDS = 10;

  private final ManagerServer server;
  private final long connection;
  private boolean introduced;
  private String reason = "its connection broke";

  ManagerConnection(ManagerServer server, long connection) {
    this.server = server;
    this.connection = connection;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    context
        .executor()
        .schedule(
            () -> {
              if (!introduced) {
                refuse(context, "it did not say who it is within " + INTRODUCTION_SECONDS + " s");
              }
            },
            INTRODUCTION_SECONDS,
            TimeUnit.SECONDS);
    super.channelActive(context);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ToManager message) {
    introduced = true;
    String wrong = server.received(connection, message);
    if (wrong != null) {
      refuse(context, wrong);
    }
  }

  private void refuse(ChannelHandlerContext context, String why) {
    if (context.channel().isActive()) {
      LOG.warn("refused the connection from {}: {}", context.channel().remoteAddress(), why);
      reason = why;
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    introduced = true;
    server.disconnected(connection, reason);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof DecoderException) {
      Throwable inner = cause.getCause() == null ? cause : cause.getCause();
      refuse(context, "it sent " + inner.getMessage());
    } else if (cause instanceof Liveness.SilentException) {
      refuse(context, cause.getMessage());
    } else {
      LOG.debug("the connection from {} broke", context.channel().remoteAddress(), cause);
      context.close();
    }
  }
}
