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

  /** A node that has not joined this long after it has proved itself is dropped. */
  private static final long INTRODUCTION_SECONDS = 10;

  private final ManagerServer server;
  private final long connection;
  private final int node;
  private boolean introduced;
  private String reason = "its connection broke";

  /** The connection of that number, of a node that has proved to be {@code node}. */
  ManagerConnection(ManagerServer server, long connection, int node) {
    this.server = server;
    this.connection = connection;
    this.node = node;
  }

  /** In the pipeline once the other side has proved itself, so the connection stands already. */
  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    context
        .executor()
        .schedule(
            () -> {
              if (!introduced) {
                refuse(context, "it did not join within " + INTRODUCTION_SECONDS + " s");
              }
            },
            INTRODUCTION_SECONDS,
            TimeUnit.SECONDS);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ToManager message) {
    introduced = true;
    String wrong =
        message instanceof ToManager.Join join && join.node() != node
            ? "it has proved to be node " + node + " and joins as node " + join.node()
            : server.received(connection, message);
    if (wrong != null) {
      refuse(context, wrong);
    }
  }

  private void refuse(ChannelHandlerContext context, String why) {
    if (context.channel().isActive()) {
      server.tellRefusal(context.channel(), why);
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
