package org.dsm4j.node.control;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.dsm4j.DsmException;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;
import org.dsm4j.node.logging.Logs;
import org.slf4j.Logger;

/** A TCP connection to the manager, on one thread, {@code dsm-control}. */
final class NettyLink implements Link {
  private static final Logger LOG = Logs.of(NettyLink.class);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long CLOSE_SECONDS = 2;

  private final EventLoopGroup loop;
  private final Channel channel;

  private NettyLink(EventLoopGroup loop, Channel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  /** Connects; tries again until the time is over, since nodes may start before their manager. */
  static NettyLink connect(String host, int port, ControlClient client, long nanos) {
    EventLoopGroup loop = EventLoops.create("dsm-control");
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOCATOR, EventLoops.ALLOCATOR)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) Math.min(5_000, Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos))))
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    FrameCodec.addTo(
                        channel.pipeline(), Messages.TO_NODE, Messages.TO_MANAGER, ToManager.class);
                    Liveness.addTo(channel.pipeline(), new ToManager.Alive());
                    channel.pipeline().addLast(new Receiver(client));
                  }
                });
    long deadline = System.nanoTime() + nanos;
    while (true) {
      ChannelFuture attempt = bootstrap.connect(host, port).awaitUninterruptibly();
      if (attempt.isSuccess()) {
        return new NettyLink(loop, attempt.channel());
      }
      if (deadline - System.nanoTime() <= 0) {
        loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        throw new DsmException(
            "no manager at "
                + host
                + ":"
                + port
                + " within "
                + TimeUnit.NANOSECONDS.toMillis(nanos)
                + " ms ("
                + attempt.cause().getMessage()
                + "); start node 0 or the manager first, and check the setting manager");
      }
      LockSupport.parkNanos(RETRY_NANOS);
    }
  }

  private static final class Receiver extends SimpleChannelInboundHandler<ToNode> {
    private final ControlClient client;
    private String reason = "its connection broke";

    Receiver(ControlClient client) {
      this.client = client;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ToNode message) {
      client.received(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      client.disconnected(reason);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (cause instanceof Liveness.SilentException) {
        reason = cause.getMessage();
      } else if (!client.isOver()) {
        LOG.warn("the connection with the manager: {}", cause.toString());
      }
      context.close();
    }
  }

  @Override
  public void send(ToManager message) {
    channel.writeAndFlush(message);
  }

  @Override
  public void close() {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(future -> channel.close());
    channel.closeFuture().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
