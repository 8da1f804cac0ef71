package org.dsm4j.node.control;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.util.concurrent.CompletionException;
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

  /** A crowd of strangers may push one attempt out, not so many. */
  private static final int DISBELIEVED_MAX = 3;

  private final EventLoopGroup loop;
  private final Channel channel;

  private NettyLink(EventLoopGroup loop, Channel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  /**
   * Connects, and proves to the manager who this is; tries again until the time is over, since
   * nodes may start before their manager.
   */
  static NettyLink connect(
      String host, int port, NodeIdentity self, ControlClient client, long nanos) {
    EventLoopGroup loop = EventLoops.create("dsm-control");
    try {
      return new NettyLink(
          loop, new Attempts(loop, host, port, self, client, nanos).untilOneSucceeds());
    } catch (DsmException e) {
      loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
      throw e;
    }
  }

  private static final class Attempts {
    private final Bootstrap bootstrap;
    private final String host;
    private final int port;
    private final NodeIdentity self;
    private final ControlClient client;
    private final SslContext tls;
    private final long nanos;
    private final long deadline;
    private int disbelieved;

    Attempts(
        EventLoopGroup loop,
        String host,
        int port,
        NodeIdentity self,
        ControlClient client,
        long nanos) {
      this.host = host;
      this.port = port;
      this.self = self;
      this.client = client;
      this.tls = self.tls() == null ? null : Tls.ofNode(self.tls());
      this.nanos = nanos;
      this.deadline = System.nanoTime() + nanos;
      this.bootstrap =
          new Bootstrap()
              .group(loop)
              .channel(NioSocketChannel.class)
              .option(ChannelOption.TCP_NODELAY, true)
              .option(ChannelOption.ALLOCATOR, EventLoops.ALLOCATOR)
              .option(
                  ChannelOption.CONNECT_TIMEOUT_MILLIS,
                  (int) Math.min(5_000, Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos))));
    }

    Channel untilOneSucceeds() {
      while (true) {
        ConnectorHandshake handshake = new ConnectorHandshake(self, this::proved);
        ChannelFuture attempt =
            bootstrap
                .clone()
                .handler(pipeline(handshake))
                .connect(host, port)
                .awaitUninterruptibly();
        String why = attempt.isSuccess() ? broken(handshake) : attempt.cause().getMessage();
        if (why == null) {
          return attempt.channel();
        }
        if (deadline - System.nanoTime() <= 0) {
          throw new DsmException(
              "no manager at "
                  + host
                  + ":"
                  + port
                  + " within "
                  + TimeUnit.NANOSECONDS.toMillis(nanos)
                  + " ms ("
                  + why
                  + "); start node 0 or the manager first, and check the setting manager (a cluster"
                  + " that is complete listens no more)");
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }

    private ChannelInitializer<Channel> pipeline(ConnectorHandshake handshake) {
      return new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {
          if (tls != null) {
            Tls.connect(channel, tls, host, port, why -> handshake.tlsRefused(channel, why));
          }
          channel.pipeline().addLast(handshake);
        }
      };
    }

    private void proved(ChannelHandlerContext context) {
      ChannelPipeline pipeline = context.pipeline();
      FrameCodec.addTo(
          pipeline, self.mark(), Messages.TO_NODE, Messages.TO_MANAGER, ToManager.class);
      Liveness.addTo(pipeline, new ToManager.Alive());
      pipeline.addLast(new Receiver(client));
    }

    /** Null: both have proved themselves. Otherwise why it is worth another attempt. */
    private String broken(ConnectorHandshake handshake) {
      try {
        ConnectorHandshake.Outcome outcome = handshake.result().join();
        if (outcome == ConnectorHandshake.Outcome.DISBELIEVED && ++disbelieved == DISBELIEVED_MAX) {
          throw new DsmException(
              "the manager at "
                  + host
                  + ":"
                  + port
                  + " does not let this node in: it knows another secret, or is of another cluster than \""
                  + self.cluster()
                  + "\"; give every node the same secret and the same setting cluster");
        }
        return outcome == ConnectorHandshake.Outcome.PROVED ? null : "it ended the connection";
      } catch (CompletionException e) {
        throw new DsmException(
            "the manager at " + host + ":" + port + " is not ours: " + e.getCause().getMessage());
      }
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
